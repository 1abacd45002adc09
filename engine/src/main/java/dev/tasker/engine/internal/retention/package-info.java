/** Partitions by period: created ahead, retired when they are old, and what holds back the removal of dead rows. */
@NullMarked
package dev.tasker.engine.internal.retention;

import org.jspecify.annotations.NullMarked;
