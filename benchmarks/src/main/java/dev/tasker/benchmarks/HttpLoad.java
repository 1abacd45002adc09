package dev.tasker.benchmarks;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.HdrHistogram.Histogram;

/**
 * Sends HTTP requests over connections that stay open, from one thread that waits for all of them at once, and looks at no more of an answer
 * than its status and length: what the client costs is taken from the server beside it. Not thread-safe.
 */
final class HttpLoad implements AutoCloseable {
    private static final int PATIENCE_MS = 60_000;

    private final Selector selector;
    private final List<Connection> connections = new ArrayList<>();

    private HttpLoad(Selector selector) {
        this.selector = selector;
    }

    /**
     * What a run came to.
     *
     * @param perSecond answers
     * @param latency nanoseconds; of a paced run from when the request was due, so that a stall counts for everything it held up
     */
    record Result(double perSecond, Histogram latency) {}

    /** Connections that are open. */
    static HttpLoad open(InetSocketAddress server, int connections) throws IOException {
        HttpLoad load = new HttpLoad(Selector.open());
        try {
            for (int i = 0; i < connections; i++) {
                load.connections.add(new Connection(server, load.selector));
            }
            return load;
        } catch (IOException e) {
            load.close();
            throw e;
        }
    }

    /** As {@link #paced}, each connection sending its next request once the one before is answered. */
    Result run(int count, IntFunction<byte[]> request, Consumer<byte[]> body) throws IOException {
        return paced(count, Double.POSITIVE_INFINITY, request, body);
    }

    /**
     * Sends so many requests a second, one on a connection at a time, up to a millisecond late.
     *
     * @param request the whole request by its number, from 0
     * @param body hears the body of every answer
     * @throws IOException for an answer that is not 200, with its body
     */
    Result paced(int count, double perSecond, IntFunction<byte[]> request, Consumer<byte[]> body) throws IOException {
        Histogram latency = new Histogram(TimeUnit.MINUTES.toNanos(5), 3);
        ArrayDeque<Connection> idle = new ArrayDeque<>(connections); // all, between runs
        double gap = TimeUnit.SECONDS.toNanos(1) / perSecond; // 0 without a pace
        long began = System.nanoTime();
        int sent = 0;
        int answered = 0;
        while (answered < count) {
            long now = System.nanoTime();
            while (sent < count && !idle.isEmpty() && began + (long) (sent * gap) <= now) {
                idle.remove().send(request.apply(sent), gap == 0 ? System.nanoTime() : began + (long) (sent * gap));
                sent++;
            }
            await(sent < count && !idle.isEmpty() ? began + (long) (sent * gap) - System.nanoTime() : Long.MAX_VALUE);
            for (Iterator<SelectionKey> keys = selector.selectedKeys().iterator(); keys.hasNext(); keys.remove()) {
                Connection connection = (Connection) keys.next().attachment();
                byte[] answer = connection.answer();
                if (answer.length > 0) {
                    latency.recordValue(System.nanoTime() - connection.due);
                    body.accept(answer);
                    answered++;
                    idle.add(connection);
                }
            }
        }
        return new Result(count / ((System.nanoTime() - began) / 1e9), latency);
    }

    /** Waits until something was received, or about so many nanoseconds; to the millisecond, since spinning would cost the server a core. */
    private void await(long nanos) throws IOException {
        if (nanos <= 0) {
            selector.selectNow();
        } else if (nanos < Long.MAX_VALUE) {
            selector.select(Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos)));
        } else if (selector.select(PATIENCE_MS) == 0) {
            throw new IOException("no answer within " + PATIENCE_MS + " ms");
        }
    }

    @Override
    public void close() throws IOException {
        for (Connection connection : connections) {
            connection.channel.close();
        }
        selector.close();
    }

    /** The bytes of a request; empty lines and lengths are added. */
    static byte[] request(String method, String path, List<String> headers, String body) {
        StringBuilder text = new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n");
        headers.forEach(header -> text.append(header).append("\r\n"));
        if (!body.isEmpty()) {
            text.append("Content-Type: application/json\r\nContent-Length: ")
                    .append(body.getBytes(StandardCharsets.UTF_8).length)
                    .append("\r\n");
        }
        return text.append("\r\n").append(body).toString().getBytes(StandardCharsets.UTF_8);
    }

    private static final class Connection {
        private static final byte[] NOT_YET = {};
        private static final int EMPTY_LINE = 0x0D0A_0D0A;

        private final SocketChannel channel;
        private ByteBuffer received = ByteBuffer.allocate(16_384);
        private int bodyBegin;
        private int bodyEnd;
        private long due;

        Connection(InetSocketAddress server, Selector selector) throws IOException {
            channel = SocketChannel.open(server);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ, this);
        }

        /** Requests are small: the buffer of the socket, which is empty, has room for one. */
        void send(byte[] request, long dueNanos) throws IOException {
            due = dueNanos;
            bodyEnd = 0;
            ByteBuffer bytes = ByteBuffer.wrap(request);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        }

        /** The body of the answer once it is whole, until then nothing. */
        byte[] answer() throws IOException {
            if (channel.read(received) < 0) {
                throw new EOFException("the server closed a connection");
            }
            if (bodyEnd == 0 && !readHead()) {
                return NOT_YET;
            }
            if (received.position() < bodyEnd) {
                return NOT_YET;
            }
            byte[] body = new byte[bodyEnd - bodyBegin];
            received.get(bodyBegin, body);
            String status = new String(received.array(), 9, 3, StandardCharsets.US_ASCII);
            if (!status.equals("200")) {
                throw new IOException(status + " " + new String(body, StandardCharsets.UTF_8));
            }
            received.clear();
            return body;
        }

        private boolean readHead() throws IOException {
            int end = headEnd();
            if (end < 0) {
                return false;
            }
            String head = new String(received.array(), 0, end, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
            int at = head.indexOf("\r\ncontent-length:");
            if (at < 0) {
                throw new IOException("an answer without a length: " + head);
            }
            bodyBegin = end;
            bodyEnd = end
                    + Integer.parseInt(
                            head.substring(at + 17, head.indexOf('\r', at + 2)).trim());
            if (received.capacity() < bodyEnd) {
                received = ByteBuffer.allocate(bodyEnd).put(received.flip());
            }
            return true;
        }

        private int headEnd() {
            for (int i = 0; i + Integer.BYTES <= received.position(); i++) {
                if (received.get(i) == '\r' && received.getInt(i) == EMPTY_LINE) {
                    return i + Integer.BYTES;
                }
            }
            return -1;
        }
    }
}
