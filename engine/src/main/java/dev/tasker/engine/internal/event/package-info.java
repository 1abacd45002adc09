/** Hints to and from other nodes. */
@NullMarked
package dev.tasker.engine.internal.event;

import org.jspecify.annotations.NullMarked;
