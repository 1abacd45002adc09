package dev.tasker.server.rest;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Writes server-sent events. What the client has gone from fails with an IOException. */
final class EventStream {
    private final OutputStream out;

    EventStream(OutputStream out) {
        this.out = out;
    }

    /**
     * One event, not yet flushed.
     *
     * @param id where a client that comes back begins, null: not behind this one
     * @param json a document without line breaks, as {@link JsonWriter} writes it
     */
    void send(String name, @Nullable String id, byte[] json) throws IOException {
        StringBuilder head = new StringBuilder();
        if (id != null) {
            head.append("id: ").append(id).append('\n');
        }
        head.append("event: ").append(name).append("\ndata: ");
        out.write(head.toString().getBytes(StandardCharsets.UTF_8));
        for (byte each : json) {
            if (each == '\n' || each == '\r') { // raw JSON may be written over several lines
                out.write(' ');
            } else {
                out.write(each);
            }
        }
        out.write("\n\n".getBytes(StandardCharsets.UTF_8));
    }

    /** Keeps what lies between from closing the connection, and finds out whether it is still there. */
    void keepAlive() throws IOException {
        out.write(": keep-alive\n\n".getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    void flush() throws IOException {
        out.flush();
    }
}
