package dev.tasker.server;

import dev.tasker.server.config.BindAddress;
import java.io.IOException;
import java.net.ServerSocket;

/** Finds out whether an address can be had: the libraries that listen report that late, or only to their log. */
public final class FreePort {
    private FreePort() {}

    /**
     * Does nothing when somebody could listen there now.
     *
     * @param what is to listen, for the message
     * @throws StartupException when nobody can
     */
    public static void require(String what, BindAddress address) {
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(address.toSocketAddress());
        } catch (IOException e) {
            throw new StartupException(
                    what + " cannot listen on " + address + ": " + e.getMessage()
                            + " (expected: an address of this machine with a port that nobody uses).",
                    e);
        }
    }
}
