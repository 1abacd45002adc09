package dev.tasker.postgres;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.SequencedSet;
import java.util.Set;

/**
 * Picks TCP ports on 127.0.0.1. Free ones come from a range below those that systems give to outgoing connections, and
 * the search begins at a place that depends on the folder, so that two folders rarely compete and one keeps its port.
 */
final class PortChooser {
    private static final int FIRST = 15_432;
    private static final int COUNT = 200;

    private final SequencedSet<Integer> candidates;
    private final String exhausted;

    private PortChooser(SequencedSet<Integer> candidates, String exhausted) {
        this.candidates = candidates;
        this.exhausted = exhausted;
    }

    /** Exactly this port. */
    static PortChooser fixed(int port) {
        return new PortChooser(
                new LinkedHashSet<>(Set.of(port)),
                "port: " + port
                        + " is taken (expected: one that is free on 127.0.0.1, or 0 to have a free one picked)");
    }

    /** {@code preferred} unless it is 0, then the ports of the range. */
    static PortChooser free(int preferred, Path folder) {
        var candidates = new LinkedHashSet<Integer>();
        if (preferred != 0) {
            candidates.add(preferred);
        }
        int start = Math.floorMod(folder.toString().hashCode(), COUNT);
        for (int i = 0; i < COUNT; i++) {
            candidates.add(FIRST + (start + i) % COUNT);
        }
        return new PortChooser(
                candidates,
                "port: none of " + FIRST + " to " + (FIRST + COUNT - 1) + " is free on 127.0.0.1 (expected: one)");
    }

    /** The next port that nobody listens on; each is returned once. */
    int next() {
        while (!candidates.isEmpty()) {
            int port = candidates.removeFirst();
            if (isFree(port)) {
                return port;
            }
        }
        throw new EmbeddedPostgresException(exhausted);
    }

    private static boolean isFree(int port) {
        try (var socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
