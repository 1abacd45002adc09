/** An order that announces what happens to it. */
@NullMarked
package dev.tasker.examples.events;

import org.jspecify.annotations.NullMarked;
