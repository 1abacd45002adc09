package dev.tasker.server.rest;

import dev.tasker.engine.DomainEventBatch;
import dev.tasker.engine.TaskChange;
import dev.tasker.engine.TaskChangeBatch;
import dev.tasker.server.api.NamespaceFollowing;
import dev.tasker.server.api.NamespaceFollowing.Look;
import dev.tasker.server.api.NamespaceFollowing.Told;
import dev.tasker.server.api.TaskFollowing;
import dev.tasker.server.api.TaskFollowing.Followed;
import dev.tasker.server.security.Permission;
import dev.tasker.server.security.Principal;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * Streams of events (03 §6.2): the changes of a task; those of the tasks of a namespace, with its durable domain events. Each has a thread of its own and looks twice
 * a second; changes of tasks on this node wake it. A client that comes back with {@code Last-Event-ID} misses nothing.
 */
final class EventRoutes implements AutoCloseable {
    private static final HeaderName LAST_EVENT_ID = HeaderNames.create("Last-Event-ID");
    private static final Pattern TASK_CURSOR = Pattern.compile("\\d{1,18}");
    private static final Duration LOOK_EVERY = Duration.ofMillis(500);
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(15);
    private static final byte[] NOTHING = {'{', '}'};
    private static final int STREAMS_MAX = 1_000;

    private final TaskFollowing following;
    private final NamespaceFollowing namespaces;
    private final TimeLimit timeLimit;
    private final InstantSource clock;
    private final Semaphore room = new Semaphore(STREAMS_MAX);
    private final CountDownLatch closing = new CountDownLatch(1);

    EventRoutes(TaskFollowing following, NamespaceFollowing namespaces, TimeLimit timeLimit, InstantSource clock) {
        this.following = following;
        this.namespaces = namespaces;
        this.timeLimit = timeLimit;
        this.clock = clock;
    }

    List<Route> routes() {
        return List.of(
                Route.of("GET", "/v1/tasks/{uuid}/events", Permission.TASKS_READ, this::task),
                Route.of("GET", "/v1/events", Permission.TASKS_READ, this::namespace));
    }

    /** Ends every stream soon. */
    @Override
    public void close() {
        closing.countDown();
    }

    private Reply task(Call call) throws InterruptedException {
        UUID uuid = TaskRoutes.uuid(call);
        Optional<String> last = lastEventId(call);
        if (last.isPresent() && !TASK_CURSOR.matcher(last.get()).matches()) {
            throw new RefusedException(
                    Problem.badRequest("Last-Event-ID: " + last.get() + " (expected: the id of an event)"));
        }
        Long cursor = last.map(Long::parseLong).orElse(null);
        timeLimit.call(() -> following.requireKnown(uuid));
        return streamed(stream -> {
            try (Followed followed = following.follow(uuid, cursor)) {
                if (cursor == null) {
                    tellMoment(uuid, followed, stream);
                }
                if (cursor != null || !followed.ended()) {
                    tellChanges(followed, call.principal(), stream);
                }
                if (followed.ended()) {
                    stream.send("end", String.valueOf(followed.cursor()), NOTHING);
                    stream.flush();
                }
            }
        });
    }

    private static void tellMoment(UUID uuid, Followed followed, EventStream stream) throws IOException {
        stream.send("task", String.valueOf(followed.cursor()), ChangeJson.moment(uuid, followed.first()));
        stream.flush();
    }

    /** Until the task has ended, or the server does, or the caller's credential. */
    private void tellChanges(Followed followed, Principal caller, EventStream stream)
            throws IOException, InterruptedException {
        long quietSince = System.nanoTime();
        do {
            List<TaskChange> changes = followed.next(LOOK_EVERY);
            for (int i = 0; i < changes.size(); i++) {
                TaskChange change = changes.get(i);
                stream.send(
                        change.step() == null ? "task" : "step",
                        i == changes.size() - 1 ? String.valueOf(followed.cursor()) : null,
                        ChangeJson.change(change));
            }
            quietSince = flushed(stream, !changes.isEmpty(), quietSince);
        } while (!followed.ended() && mayGoOn(caller));
    }

    /** Sends what was written, or a sign of life after a while without anything; since when it has been quiet. */
    private static long flushed(EventStream stream, boolean written, long quietSince) throws IOException {
        if (written) {
            stream.flush();
        } else if (System.nanoTime() - quietSince > KEEP_ALIVE.toNanos()) {
            stream.keepAlive();
        } else {
            return quietSince;
        }
        return System.nanoTime();
    }

    private Reply namespace(Call call) throws InterruptedException {
        String namespace = call.text("namespace")
                .orElseThrow(() -> new RefusedException(Problem.badQuery("namespace", "missing (expected: one)")));
        Optional<String> last = lastEventId(call);
        String begin = last.isPresent()
                ? last.get()
                : call.flag("from_beginning").orElse(false)
                        ? NamespaceFollowing.BEGINNING
                        : timeLimit.call(namespaces::end);
        Look first = timeLimit.call(() -> namespaces.after(namespace, begin));
        return streamed(stream -> {
            Look look = first;
            long quietSince = System.nanoTime();
            stream.keepAlive();
            do {
                for (Told told : look.told()) {
                    switch (told) {
                        case NamespaceFollowing.Event(DomainEventBatch.Entry entry) ->
                            stream.send("domain_event", entry.cursor(), ChangeJson.event(entry));
                        case NamespaceFollowing.Change(TaskChangeBatch.Entry entry, String place) ->
                            stream.send("task", place, ChangeJson.change(entry));
                    }
                }
                quietSince = flushed(stream, !look.told().isEmpty(), quietSince);
                if (!look.more() && closing.await(LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
                    return;
                }
                look = namespaces.after(namespace, look.place());
            } while (mayGoOn(call.principal()));
        });
    }

    /** A client that comes back with its last event misses nothing, and hears then what is wrong with its credential. */
    private boolean mayGoOn(Principal caller) {
        return closing.getCount() > 0 && caller.mayGoOn(clock.instant());
    }

    /** The place of a stream is taken when it begins: a HEAD never does. */
    private Reply streamed(Reply.Stream stream) {
        if (room.availablePermits() == 0) {
            throw new RefusedException(Problem.UNAVAILABLE);
        }
        return Reply.stream("text/event-stream", out -> {
                    if (room.tryAcquire()) {
                        try {
                            stream.write(new EventStream(out));
                        } finally {
                            room.release();
                        }
                    }
                })
                .with("Cache-Control", "no-store");
    }

    private static Optional<String> lastEventId(Call call) {
        return call.header(LAST_EVENT_ID).or(() -> call.text("last_event_id")).filter(id -> !id.isEmpty());
    }
}
