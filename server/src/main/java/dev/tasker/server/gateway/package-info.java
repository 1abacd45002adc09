/** Serves remote workers: the {@code tasker.worker.v1} protocol on one side, sessions of the engine on the other. */
@NullMarked
package dev.tasker.server.gateway;

import org.jspecify.annotations.NullMarked;
