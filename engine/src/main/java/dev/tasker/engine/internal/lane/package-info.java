/** Commit lanes: bounded queues whose writers commit what waits as one batch. */
@NullMarked
package dev.tasker.engine.internal.lane;

import org.jspecify.annotations.NullMarked;
