/** How a node is put together. */
@NullMarked
package dev.tasker.engine.internal;

import org.jspecify.annotations.NullMarked;
