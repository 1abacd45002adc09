/** The {@code tasker} command. Each subcommand is one class; {@link dev.tasker.cli.TaskerCommand} lists them. */
@NullMarked
package dev.tasker.cli;

import org.jspecify.annotations.NullMarked;
