/** Tests of the gRPC work source against a server driven message by message. */
@NullMarked
package dev.tasker.worker.remote;

import org.jspecify.annotations.NullMarked;
