/** Creation, identity and reading of tasks. */
@NullMarked
package dev.tasker.engine.internal.task;

import org.jspecify.annotations.NullMarked;
