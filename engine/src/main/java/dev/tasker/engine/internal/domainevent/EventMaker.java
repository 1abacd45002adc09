package dev.tasker.engine.internal.domainevent;

import dev.tasker.engine.DomainEvent;
import dev.tasker.engine.EventPayload;
import dev.tasker.engine.HandlerEvent;
import dev.tasker.engine.StepResult;
import dev.tasker.engine.StepState;
import dev.tasker.engine.internal.task.TaskUuids;
import dev.tasker.engine.internal.template.CompiledSchema;
import dev.tasker.template.DeliveryMode;
import dev.tasker.template.EventCondition;
import dev.tasker.template.PublishedEvent;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the events that an outcome may publish: payload, schema check and envelope, before the outcome is recorded. An event that cannot be
 * made is logged and counted, and never touches the step (04 §6.1). Thread-safe.
 */
public final class EventMaker {
    private static final Logger log = LoggerFactory.getLogger(EventMaker.class);
    private static final int MESSAGE_CHARS_MAX = 1 << 20;
    private static final Pattern NAME = Pattern.compile("(?=.{1,255}$)[a-z0-9_]+(\\.[a-z0-9_]+)+");

    private final InstantSource clock;
    private final EventCounters counters;
    private final Map<Definition, List<DeclaredEvent>> declared = new ConcurrentHashMap<>();

    private record Definition(int templateId, int step) {}

    /** Whether an event is wanted, and the state in which the outcome must leave the step for it, null: any. */
    private record Wish(boolean wanted, @Nullable StepState needed) {
        static final Wish NONE = new Wish(false, null);
        static final Wish ANY = new Wish(true, null);

        static Wish of(StepState needed) {
            return new Wish(true, needed);
        }
    }

    public EventMaker(InstantSource clock, EventCounters counters) {
        this.clock = clock;
        this.counters = counters;
    }

    /** The events that a reported result may publish: which of them do is decided where it is recorded. */
    public List<EventCandidate> ofResult(StepOutcome outcome, StepResult result) {
        return make(outcome, result.document(), result.eventPayloads(), condition -> switch (condition) {
            case ALWAYS -> result.success() ? Wish.of(StepState.COMPLETE) : Wish.ANY;
            case SUCCESS -> result.success() ? Wish.of(StepState.COMPLETE) : Wish.NONE;
            case FAILURE -> result.success() ? Wish.NONE : Wish.ANY;
            case RETRYABLE_FAILURE ->
                result.success() || !result.retryable() ? Wish.NONE : Wish.of(StepState.WAITING_FOR_RETRY);
            case PERMANENT_FAILURE -> result.success() ? Wish.NONE : Wish.of(StepState.ERROR);
        });
    }

    /** The events of an attempt that the engine itself ended, with this document as its result, and which left the step in {@code state}. */
    public List<EventCandidate> ofEnded(StepOutcome outcome, String document, StepState state) {
        return make(outcome, document, Map.of(), condition -> switch (condition) {
            case SUCCESS -> Wish.NONE;
            case ALWAYS, FAILURE -> Wish.of(state);
            case RETRYABLE_FAILURE -> state == StepState.ERROR ? Wish.NONE : Wish.of(state);
            case PERMANENT_FAILURE -> state == StepState.ERROR ? Wish.of(state) : Wish.NONE;
        });
    }

    @FunctionalInterface
    private interface Judge {
        Wish of(EventCondition condition);
    }

    private List<EventCandidate> make(
            StepOutcome outcome, String document, Map<String, EventPayload> custom, Judge judge) {
        List<EventCandidate> candidates = new ArrayList<>();
        @Nullable ReportedResult reported = null;
        for (DeclaredEvent event : declaredBy(outcome)) {
            Wish wish = judge.of(event.definition().condition());
            if (!wish.wanted()) {
                continue;
            }
            EventPayload own = event.definition().publisher() == null
                    ? null
                    : custom.get(event.definition().name());
            if (own != null && own.declined()) {
                counters.vetoed();
                continue;
            }
            try {
                if (reported == null) {
                    reported = ReportedResult.read(document, outcome);
                }
                candidates.add(candidate(outcome, event, wish.needed(), reported, own));
            } catch (RuntimeException e) {
                counters.failed();
                log.warn(
                        "event {} of step {} in task {} is not published: {}",
                        event.definition().name(),
                        outcome.name(),
                        outcome.step().task(),
                        e.getMessage());
            }
        }
        return candidates;
    }

    private List<DeclaredEvent> declaredBy(StepOutcome outcome) {
        List<PublishedEvent> events =
                outcome.definition().planned().definition().publishesEvents();
        if (events.isEmpty()) {
            return List.of();
        }
        return declared.computeIfAbsent(
                new Definition(
                        outcome.template().templateId(),
                        outcome.definition().planned().index()),
                _ -> compiled(events));
    }

    /** Of two events of one name the last one counts (06 §8.8). */
    private static List<DeclaredEvent> compiled(List<PublishedEvent> events) {
        Map<String, DeclaredEvent> byName = new LinkedHashMap<>();
        for (PublishedEvent event : events) {
            byName.put(event.name(), new DeclaredEvent(event, CompiledSchema.compile(event.schema())));
        }
        return List.copyOf(byName.values());
    }

    private EventCandidate candidate(
            StepOutcome outcome,
            DeclaredEvent event,
            @Nullable StepState needed,
            ReportedResult reported,
            @Nullable EventPayload own) {
        EventMessage message = EventMessage.ofOutcome(outcome, event, reported, own);
        Instant now = now();
        return candidate(message, event.schema(), event.definition().deliveryMode(), needed, newId(now), now);
    }

    /**
     * An event that a running handler tells of: by the schema and mode of the step's declaration, if there is one of that name.
     *
     * @throws IllegalArgumentException it can never be published; so with what the JSON parser throws
     */
    EventCandidate ofHandler(StepOutcome attempt, HandlerEvent event) {
        if (!NAME.matcher(event.name()).matches()) {
            throw new IllegalArgumentException("name: '" + event.name()
                    + "' (expected: two or more segments of a-z, 0-9 and _, joined by dots, 255 characters at most)");
        }
        DeclaredEvent declaration = declaredBy(attempt).stream()
                .filter(each -> each.definition().name().equals(event.name()))
                .findAny()
                .orElse(null);
        DeliveryMode own = event.mode() == null ? DeliveryMode.DURABLE : event.mode();
        return candidate(
                EventMessage.ofHandler(attempt, event.name(), event.payload()),
                declaration == null ? null : declaration.schema(),
                declaration == null ? own : declaration.definition().deliveryMode(),
                StepState.IN_PROGRESS,
                event.eventId(),
                now());
    }

    private static EventCandidate candidate(
            EventMessage message,
            @Nullable CompiledSchema schema,
            DeliveryMode mode,
            @Nullable StepState needed,
            UUID id,
            Instant now) {
        String violation = schema == null ? null : schema.violation(message.payload());
        if (violation != null) {
            throw new IllegalArgumentException("payload: " + violation);
        }
        String text = message.write(id, now);
        if (text.length() > MESSAGE_CHARS_MAX) {
            throw new IllegalArgumentException(
                    "message: " + text.length() + " characters (expected: at most " + MESSAGE_CHARS_MAX + ")");
        }
        StepOutcome outcome = message.outcome();
        DomainEvent made = new DomainEvent(
                id,
                message.name(),
                outcome.template().plan().template().namespace(),
                outcome.step().task(),
                TaskUuids.stepUuid(outcome.step().task(), outcome.step().index()),
                text);
        return new EventCandidate(made, mode, needed);
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }

    /** A v7 uuid. */
    private static UUID newId(Instant now) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        long most = (now.toEpochMilli() << 16) | 0x7000L | random.nextLong(1 << 12);
        return new UUID(most, 0x8000_0000_0000_0000L | random.nextLong(1L << 62));
    }
}
