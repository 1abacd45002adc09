/** Judges errors: category, whether and when to try again, and under which code. Pure, for the engine and for workers. */
@NullMarked
package dev.tasker.errors;

import org.jspecify.annotations.NullMarked;
