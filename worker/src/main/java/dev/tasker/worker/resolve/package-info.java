/** From the address of a handler in a template to code (04 §5.9): resolvers, and what templates ask of them. */
@NullMarked
package dev.tasker.worker.resolve;

import org.jspecify.annotations.NullMarked;
