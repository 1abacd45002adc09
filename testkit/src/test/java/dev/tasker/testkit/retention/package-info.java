/** Periods of time: their partitions are there before they are needed and leave when they are old. */
@NullMarked
package dev.tasker.testkit.retention;

import org.jspecify.annotations.NullMarked;
