/** Work from a server over gRPC: the worker's side of {@code tasker.worker.v1}. */
@NullMarked
package dev.tasker.worker.grpc;

import org.jspecify.annotations.NullMarked;
