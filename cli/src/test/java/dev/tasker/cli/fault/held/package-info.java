/** Handlers that {@code tasker worker --packages} finds. */
@NullMarked
package dev.tasker.cli.fault.held;

import org.jspecify.annotations.NullMarked;
