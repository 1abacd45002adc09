/** Tests of the gRPC work source against a server driven message by message. */
@NullMarked
package dev.tasker.worker.grpc;

import org.jspecify.annotations.NullMarked;
