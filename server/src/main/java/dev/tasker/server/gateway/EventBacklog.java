package dev.tasker.server.gateway;

import dev.tasker.protocol.worker.v1.Event;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Events that one worker has not taken yet: a bounded number, of which the oldest give way. Thread-safe. */
final class EventBacklog {
    static final int EVENTS_MAX = 1_000;
    static final long BYTES_MAX = 8L << 20;

    private static final Logger LOG = LoggerFactory.getLogger(EventBacklog.class);
    private static final int DROPS_TOLD_EVERY = 1_000;

    private final Queue<Event> events = new ArrayDeque<>(); // guarded by the monitor of this, as is what follows
    private long bytes;
    private long dropped;

    synchronized void add(Event event) {
        events.add(event);
        bytes += event.getSerializedSize();
        while (events.size() > EVENTS_MAX || (bytes > BYTES_MAX && events.size() > 1)) {
            remove();
            if (dropped++ % DROPS_TOLD_EVERY == 0) {
                LOG.warn("a worker takes its events too slowly: {} dropped", dropped);
            }
        }
    }

    /** The oldest, null when there is none. */
    synchronized @Nullable Event poll() {
        return events.isEmpty() ? null : remove();
    }

    /** The oldest ones of about so many bytes together, one at least unless there is none. */
    synchronized List<Event> take(long bytesMax) {
        List<Event> taken = new ArrayList<>();
        long takenBytes = 0;
        while (!events.isEmpty() && takenBytes < bytesMax) {
            Event event = remove();
            takenBytes += event.getSerializedSize();
            taken.add(event);
        }
        return taken;
    }

    synchronized boolean isEmpty() {
        return events.isEmpty();
    }

    private Event remove() {
        Event oldest = events.remove();
        bytes -= oldest.getSerializedSize();
        return oldest;
    }
}
