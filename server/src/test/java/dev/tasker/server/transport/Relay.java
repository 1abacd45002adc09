package dev.tasker.server.transport;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The network between a worker and a server, which can be cut and led elsewhere. */
final class Relay implements AutoCloseable {
    private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private volatile int target;
    private volatile boolean muted;

    Relay(int target) throws IOException {
        this.target = target;
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    /** Where connections from now on end; 0: nowhere. */
    void leadTo(int port) {
        target = port;
    }

    /** Nothing that servers say arrives any more, until the connections are cut. */
    void mute() {
        muted = true;
    }

    /** Breaks all connections. */
    void cut() {
        muted = false;
        sockets.forEach(Relay::close);
        sockets.clear();
    }

    private void accept() {
        try {
            while (true) {
                Socket worker = listener.accept();
                int port = target;
                if (port == 0) {
                    worker.close();
                    continue;
                }
                Socket server = new Socket(InetAddress.getLoopbackAddress(), port);
                sockets.add(worker);
                sockets.add(server);
                Thread.ofVirtual().start(() -> copy(worker, server, false));
                Thread.ofVirtual().start(() -> copy(server, worker, true));
            }
        } catch (IOException e) {
            cut(); // closed
        }
    }

    private void copy(Socket from, Socket to, boolean mayBeMuted) {
        try (from;
                to;
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            byte[] bytes = new byte[8_192];
            for (int length = in.read(bytes); length >= 0; length = in.read(bytes)) {
                if (!mayBeMuted || !muted) {
                    out.write(bytes, 0, length);
                }
            }
        } catch (IOException e) {
            close(to);
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        cut();
    }
}
