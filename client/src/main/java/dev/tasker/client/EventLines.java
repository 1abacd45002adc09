package dev.tasker.client;

import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The lines of a stream as they come, a bounded number ahead of whoever reads them. One stream, one reader. */
final class EventLines implements Flow.Subscriber<String>, AutoCloseable {
    private static final int AHEAD_MAX = 256;

    private final BlockingQueue<Line> lines = new ArrayBlockingQueue<>(AHEAD_MAX + 2); // and the end, twice at worst
    private Flow.@Nullable Subscription subscription;
    private boolean closed;

    /** A line, or the end of them. */
    record Line(String text, boolean isEnd) {
        static final Line END = new Line("", true);
    }

    /** Makes lines of bytes. */
    Flow.Subscriber<List<ByteBuffer>> reader() {
        return BodySubscribers.fromLineSubscriber(this, _ -> null, StandardCharsets.UTF_8, null);
    }

    /** The next line, the end, or nothing in this time. */
    Optional<Line> next(Duration limit) throws InterruptedException {
        Line line = lines.poll(Math.max(0, limit.toNanos()), TimeUnit.NANOSECONDS);
        if (line != null && !line.isEnd()) {
            request(1);
        }
        return Optional.ofNullable(line);
    }

    @Override
    public synchronized void onSubscribe(Flow.Subscription begun) {
        subscription = begun;
        if (closed) {
            begun.cancel();
        } else {
            begun.request(AHEAD_MAX);
        }
    }

    @Override
    public void onNext(String line) {
        lines.add(new Line(line, false));
    }

    @Override
    public void onError(Throwable failure) {
        lines.add(Line.END);
    }

    @Override
    public void onComplete() {
        lines.add(Line.END);
    }

    /** Ends the stream. */
    @Override
    public synchronized void close() {
        closed = true;
        if (subscription != null) {
            subscription.cancel();
        }
    }

    private synchronized void request(int more) {
        if (subscription != null && !closed) {
            subscription.request(more);
        }
    }
}
