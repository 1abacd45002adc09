/** What people do to tasks and steps: reset, resolve, complete, cancel. */
@NullMarked
package dev.tasker.engine.internal.operator;

import org.jspecify.annotations.NullMarked;
