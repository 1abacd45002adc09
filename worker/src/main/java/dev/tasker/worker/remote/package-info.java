/** Work from a server elsewhere, over gRPC or HTTP: the worker's side of {@code tasker.worker.v1} and of its long-poll profile. */
@NullMarked
package dev.tasker.worker.remote;

import org.jspecify.annotations.NullMarked;
