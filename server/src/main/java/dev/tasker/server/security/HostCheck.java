package dev.tasker.server.security;

import java.io.IOException;

/** Decides which hosts this process may connect to; throws for others. */
@FunctionalInterface
interface HostCheck {
    void check(String host) throws IOException;
}
