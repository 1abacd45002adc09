/** Background threads of a node: loops that do nothing but wait for a signal or a time and make one bounded pass. */
@NullMarked
package dev.tasker.engine.internal.loop;

import org.jspecify.annotations.NullMarked;
