/** Roll-ups of what happened, and the figures read from them. */
@NullMarked
package dev.tasker.engine.internal.analytics;

import org.jspecify.annotations.NullMarked;
