/** The public gRPC interface {@code tasker.v1} (03 §2): translates calls into those of {@code api}, decides nothing. */
@NullMarked
package dev.tasker.server.grpc;

import org.jspecify.annotations.NullMarked;
