/** What wakes by time: retries that fall due, sessions that expire. */
@NullMarked
package dev.tasker.engine.internal.recovery;

import org.jspecify.annotations.NullMarked;
