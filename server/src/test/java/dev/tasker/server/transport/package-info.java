/** What every way to a worker has to keep: one suite, run over each. */
@NullMarked
package dev.tasker.server.transport;

import org.jspecify.annotations.NullMarked;
