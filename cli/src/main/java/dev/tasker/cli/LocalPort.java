package dev.tasker.cli;

import dev.tasker.server.config.BindAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** A port for a listener that only this machine reaches. */
final class LocalPort {
    private LocalPort() {}

    /** The loopback address with this port when nobody uses it, otherwise with any free one. */
    static BindAddress preferred(int port) {
        try (ServerSocket probe = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return BindAddress.loopback(probe.getLocalPort());
        } catch (IOException e) {
            return BindAddress.loopback(0);
        }
    }
}
