/** Handlers that tests find by their class. */
@NullMarked
package dev.tasker.worker.sample;

import org.jspecify.annotations.NullMarked;
