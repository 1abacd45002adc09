/** Tests of the worker, with a hand-driven source of work. */
@NullMarked
package dev.tasker.worker;

import org.jspecify.annotations.NullMarked;
