/** Tests of the worker gateway: real gRPC on one side, a hand-driven engine on the other. */
@NullMarked
package dev.tasker.server.gateway;

import org.jspecify.annotations.NullMarked;
