/** Counts and sizes that a node tells of itself, with names and bounded labels (03 §4). */
@NullMarked
package dev.tasker.engine.meter;

import org.jspecify.annotations.NullMarked;
