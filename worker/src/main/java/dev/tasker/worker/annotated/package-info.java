/** Handlers as plain methods (04 §5.8): annotations say what a step's method gets, and what it returns becomes the result. */
@NullMarked
package dev.tasker.worker.annotated;

import org.jspecify.annotations.NullMarked;
