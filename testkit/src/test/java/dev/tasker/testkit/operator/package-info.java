/** What people do to tasks and steps, and what follows. */
@NullMarked
package dev.tasker.testkit.operator;

import org.jspecify.annotations.NullMarked;
