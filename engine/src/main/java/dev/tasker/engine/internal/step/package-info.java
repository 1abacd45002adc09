/** Claims, assignments and the waiting heads of queues. */
@NullMarked
package dev.tasker.engine.internal.step;

import org.jspecify.annotations.NullMarked;
