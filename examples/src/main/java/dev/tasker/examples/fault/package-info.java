/** Handlers that fail on purpose, and some that do nothing. */
@NullMarked
package dev.tasker.examples.fault;

import org.jspecify.annotations.NullMarked;
