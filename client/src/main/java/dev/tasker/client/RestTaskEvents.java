package dev.tasker.client;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/** A stream of server-sent events. */
final class RestTaskEvents implements TaskEvents {
    /** The server says something every 15 s at least. */
    private static final Duration SILENCE_MAX = Duration.ofSeconds(45);

    private final RestCalls calls;
    private final String path;
    private final Set<Seen> seen = new HashSet<>();
    private volatile @Nullable EventLines lines;
    private volatile boolean closed;
    private @Nullable String lastId;
    private boolean ended;
    private int failures;
    private String id = "";
    private String kind = "";
    private StringBuilder data = new StringBuilder();
    private long heardAt;

    /** One change of one thing. */
    private record Seen(UUID of, long version) {}

    RestTaskEvents(RestCalls calls, String path) {
        this.calls = calls;
        this.path = path;
    }

    @Override
    public Optional<TaskChange> next(Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!ended && !closed) {
            EventLines current = lines;
            if (current == null) {
                connect(deadline);
                continue;
            }
            Duration left = Duration.ofNanos(deadline - System.nanoTime());
            Optional<EventLines.Line> line = current.next(left.compareTo(SILENCE_MAX) < 0 ? left : SILENCE_MAX);
            if (line.isEmpty()) {
                if (System.nanoTime() - heardAt > SILENCE_MAX.toNanos()) {
                    disconnect();
                } else if (System.nanoTime() >= deadline) {
                    return Optional.empty();
                }
                continue;
            }
            heardAt = System.nanoTime();
            if (line.get().isEnd()) {
                disconnect();
                continue;
            }
            Optional<TaskChange> change = read(line.get().text());
            if (change.isPresent()) {
                return change;
            }
        }
        return Optional.empty();
    }

    @Override
    public boolean ended() {
        return ended;
    }

    @Override
    public void close() {
        closed = true;
        EventLines current = lines;
        if (current != null) {
            current.close();
        }
    }

    private void connect(long deadline) throws InterruptedException {
        EventLines begun = new EventLines();
        Request request = Request.get(path).with("Accept", "text/event-stream");
        try {
            HttpResponse<?> response =
                    calls.open(lastId == null ? request : request.with("Last-Event-ID", lastId), begun);
            if (response.statusCode() != 200) {
                throw Refusal.of(new Answer(response.statusCode(), response.headers(), text(begun), failures + 1));
            }
            heardAt = System.nanoTime();
            lines = begun;
            if (closed) {
                begun.close();
            }
        } catch (TaskerException e) {
            begun.close();
            failures++;
            Duration pause = calls.repetition().pause(e, failures);
            if (!e.isRetryable() || calls.repetition().isLast(failures)) {
                throw e;
            }
            Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
            calls.repetition().pause(pause.compareTo(left) < 0 ? pause : left);
        }
    }

    /** The body of a refusal. */
    private static String text(EventLines body) throws InterruptedException {
        StringBuilder text = new StringBuilder();
        for (Optional<EventLines.Line> line = body.next(Duration.ofSeconds(1));
                line.isPresent() && !line.get().isEnd();
                line = body.next(Duration.ofSeconds(1))) {
            text.append(line.get().text()).append('\n');
        }
        return text.toString();
    }

    private void disconnect() throws InterruptedException {
        EventLines current = lines;
        if (current != null) {
            current.close();
        }
        lines = null;
        kind = "";
        data = new StringBuilder();
        if (calls.repetition().isClosed()) {
            closed = true;
        } else {
            calls.repetition()
                    .pause(calls.config().retries().base()); // a server that ends streams at once is not hammered
        }
    }

    /** Takes in one line; a change when it was the last of one that is news. */
    private Optional<TaskChange> read(String line) {
        if (line.isEmpty()) {
            return dispatch();
        }
        int colon = line.indexOf(':');
        String field = colon < 0 ? line : line.substring(0, colon);
        String value = colon < 0 ? "" : line.substring(colon + 1).replaceFirst("^ ", "");
        switch (field) {
            case "id" -> id = value;
            case "event" -> kind = value;
            case "data" -> data.append(value).append('\n');
            default -> {} // a comment, or a field that later servers may send
        }
        return Optional.empty();
    }

    private Optional<TaskChange> dispatch() {
        String what = kind;
        String text = data.toString();
        kind = "";
        data = new StringBuilder();
        if (what.isEmpty()) {
            return Optional.empty();
        }
        if (!id.isEmpty()) {
            lastId = id;
        }
        failures = 0;
        if (what.equals("end")) {
            ended = true;
            close();
            return Optional.empty();
        }
        return what.equals("task") || what.equals("step") ? news(change(text)) : Optional.empty();
    }

    /** What changed around the moment of a connection is told by both. */
    private Optional<TaskChange> news(TaskChange change) {
        UUID step = change.stepUuid();
        Long version = change.version();
        return version == null || seen.add(new Seen(step == null ? change.taskUuid() : step, version))
                ? Optional.of(change)
                : Optional.empty();
    }

    private static TaskChange change(String json) {
        try {
            return Json.MAPPER.readValue(json, TaskChange.class);
        } catch (JacksonException e) {
            throw new TaskerException.Protocol(Refusal.silence(
                    "An event is not what a Tasker server sends: " + e.getOriginalMessage(), false, 1, e));
        }
    }
}
