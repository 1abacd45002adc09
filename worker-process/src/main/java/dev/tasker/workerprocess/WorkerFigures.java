package dev.tasker.workerprocess;

import dev.tasker.worker.Assignment;
import dev.tasker.worker.Checkpoint;
import dev.tasker.worker.CompletionStatus;
import dev.tasker.worker.EventRouting;
import dev.tasker.worker.RejectReason;
import dev.tasker.worker.StepReport;
import dev.tasker.worker.WorkerListener;
import dev.tasker.worker.event.DeclaredEvent;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Records what happens in a worker under the names of 03 §4.3. Labels are bounded: kinds of errors that handlers make up count as
 * {@code other} from the fiftieth on, attempts from the tenth on as {@code 10+}. Thread-safe.
 */
final class WorkerFigures implements WorkerListener {
    private static final int ERROR_TYPES_MAX = 50;
    private static final int ATTEMPTS_MAX = 10;

    private final LongSupplier ticker;
    private final InstantSource clock;
    private final StepsUnderWay underWay;
    private final OutcomeWindow outcomes = new OutcomeWindow();
    private final Set<String> errorTypes = ConcurrentHashMap.newKeySet();
    private final Counter executions;
    private final Counter successes;
    private final Counter failures;
    private final Counter claimed;
    private final Counter submitted;
    private final Counter transitions;
    private final Counter attempts;
    private final Counter rejected;
    private final Counter answers;
    private final Counter sessions;
    private final Counter checkpoints;
    private final Counter eventsDispatched;
    private final Counter eventsPublished;
    private final Counter eventsFailed;
    private final Counter eventsDropped;
    private final Histogram executionTime;
    private final Histogram submissionTime;
    private final Histogram publishTime;
    private volatile @Nullable Instant lastEventAt;

    /**
     * Figures of a worker that begins.
     *
     * @param ticker for durations
     * @param clock for the time of the last event
     */
    WorkerFigures(PrometheusRegistry registry, LongSupplier ticker, InstantSource clock) {
        this.ticker = ticker;
        this.clock = clock;
        this.underWay = new StepsUnderWay(ticker);
        Instruments instruments = new Instruments(registry);
        executions = instruments.counter("tasker_steps_executions_total", "Handler runs that ended with an outcome");
        successes = instruments.counter("tasker_steps_successes_total", "Outcomes that are successes", "namespace");
        failures = instruments.counter(
                "tasker_steps_failures_total", "Outcomes that are failures", "namespace", "error_type");
        claimed = instruments.counter(
                "tasker_steps_claimed_total", "Steps leased to this worker", "namespace", "claim_method");
        submitted = instruments.counter("tasker_steps_results_submitted_total", "Results answered", "result_type");
        transitions = instruments.counter(
                "tasker_step_state_transitions_total",
                "Changes of state that this worker brought about",
                "namespace",
                "from_state",
                "to_state");
        attempts = instruments.counter(
                "tasker_step_attempts_total", "Attempts", "handler_name", "namespace", "outcome", "attempt_number");
        rejected = instruments.counter("tasker_worker_rejects_total", "Steps given back before they ran", "reason");
        answers = instruments.counter("tasker_worker_answers_total", "What became of results", "status");
        sessions = instruments.counter("tasker_worker_sessions_total", "Sessions opened with the server");
        checkpoints = instruments.counter("tasker_worker_checkpoints_total", "Checkpoints saved", "kind");
        String[] event = {"namespace", "event_name", "delivery_mode"};
        eventsDispatched =
                instruments.counter("tasker_domain_events_dispatched_total", "Events of results that were sent", event);
        eventsPublished = instruments.counter(
                "tasker_domain_events_published_total",
                "Events of results that the server took",
                "namespace",
                "event_name",
                "delivery_mode",
                "publisher");
        eventsFailed = instruments.counter(
                "tasker_domain_events_failed_total",
                "Events of results that the server refused",
                "namespace",
                "event_name",
                "delivery_mode",
                "error_type");
        eventsDropped = instruments.counter(
                "tasker_domain_events_dropped_total", "Events that their publisher declined", event);
        executionTime = instruments.histogram(
                "tasker_step_execution_duration_milliseconds", "Time in handlers", "namespace", "result");
        submissionTime = instruments.histogram(
                "tasker_step_result_submission_duration_milliseconds",
                "From the outcome to the server's answer",
                "result_type");
        publishTime = instruments.histogram(
                "tasker_domain_event_publish_duration_milliseconds",
                "From the outcome that an event tells of to the server's answer, which has written it",
                "namespace",
                "delivery_mode",
                "result");
        instruments.gauges("tasker_steps_active_executions", "Handlers that run", "namespace", underWay::running);
        instruments.gauges(
                "tasker_worker_queue_depth",
                "Steps leased to this worker and not begun",
                "namespace",
                underWay::waiting);
        instruments.gauges(
                "tasker_queue_depth", "Steps leased to this worker and not begun", "namespace", underWay::waiting);
        instruments.gauges(
                "tasker_worker_queue_oldest_message_age_seconds",
                "Age of the oldest step leased and not begun",
                "namespace",
                underWay::oldestWaitingSeconds);
    }

    StepsUnderWay underWay() {
        return underWay;
    }

    OutcomeWindow outcomes() {
        return outcomes;
    }

    /** When the last event left with a result, null: none has. */
    @Nullable
    Instant lastEventAt() {
        return lastEventAt;
    }

    @Override
    public void sessionOpened(UUID sessionId) {
        sessions.inc();
    }

    @Override
    public void assigned(Assignment assignment) {
        underWay.assigned(assignment);
        String namespace = assignment.task().namespace();
        claimed.labelValues(namespace, "event").inc();
        transitions.labelValues(namespace, "enqueued", "in_progress").inc();
    }

    @Override
    public void rejected(Assignment assignment, RejectReason reason) {
        underWay.ended(assignment);
        rejected.labelValues(reason.name().toLowerCase(Locale.ROOT)).inc();
    }

    @Override
    public void started(Assignment assignment) {
        underWay.started(assignment);
    }

    @Override
    public void lost(Assignment assignment) {
        underWay.ended(assignment);
        answers.labelValues("lease_lost").inc();
    }

    @Override
    public void yielded(Assignment assignment, Checkpoint checkpoint, CompletionStatus status) {
        underWay.ended(assignment);
        checkpoints.labelValues("yielded").inc();
    }

    @Override
    public void checkpointed(Assignment assignment, Checkpoint checkpoint) {
        checkpoints.labelValues("kept").inc();
    }

    @Override
    public void finished(Assignment assignment, StepReport report) {
        String namespace = assignment.task().namespace();
        underWay.reported(assignment);
        outcomes.add(report.success());
        executions.inc();
        if (report.success()) {
            successes.labelValues(namespace).inc();
        } else {
            failures.labelValues(namespace, errorType(report.errorType())).inc();
        }
        String outcome = report.success() ? "success" : "error";
        executionTime
                .labelValues(namespace, outcome)
                .observe(millis(report.executionTime().toNanos()));
        String attempt =
                assignment.attempt() < ATTEMPTS_MAX ? String.valueOf(assignment.attempt()) : ATTEMPTS_MAX + "+";
        attempts.labelValues(assignment.step().callable(), namespace, outcome, attempt)
                .inc();
        EventRouting events = EventRouting.of(assignment, report);
        if (!events.routed().isEmpty()) {
            lastEventAt = clock.instant();
        }
        for (DeclaredEvent event : events.routed()) {
            eventsDispatched.labelValues(namespace, event.name(), mode(event)).inc();
        }
        for (DeclaredEvent event : events.declined()) {
            eventsDropped.labelValues(namespace, event.name(), mode(event)).inc();
        }
    }

    @Override
    public void answered(Assignment assignment, StepReport report, CompletionStatus status) {
        String namespace = assignment.task().namespace();
        String answer = status.name().toLowerCase(Locale.ROOT);
        Long reportedNanos = underWay.ended(assignment);
        Double tookMs = reportedNanos == null ? null : millis(ticker.getAsLong() - reportedNanos);
        if (tookMs != null) {
            submissionTime.labelValues("completion").observe(tookMs);
        }
        submitted.labelValues("completion").inc();
        answers.labelValues(answer).inc();
        if (status == CompletionStatus.ACCEPTED) {
            String deposit = report.success() ? "enqueued_for_orchestration" : "enqueued_as_error_for_orchestration";
            transitions.labelValues(namespace, "in_progress", deposit).inc();
        }
        boolean published = status == CompletionStatus.ACCEPTED || status == CompletionStatus.DUPLICATE;
        for (DeclaredEvent event : EventRouting.of(assignment, report).routed()) {
            if (published) {
                String publisher = event.publisher() == null ? "default" : event.publisher();
                eventsPublished
                        .labelValues(namespace, event.name(), mode(event), publisher)
                        .inc();
            } else {
                eventsFailed
                        .labelValues(namespace, event.name(), mode(event), answer)
                        .inc();
            }
            if (tookMs != null) {
                publishTime
                        .labelValues(namespace, mode(event), published ? "success" : "error")
                        .observe(tookMs);
            }
        }
    }

    private String errorType(@Nullable String type) {
        String known = type == null ? "unknown" : type;
        if (errorTypes.contains(known) || (errorTypes.size() < ERROR_TYPES_MAX && errorTypes.add(known))) {
            return known;
        }
        return errorTypes.contains(known) ? known : "other";
    }

    private static String mode(DeclaredEvent event) {
        return event.mode().name().toLowerCase(Locale.ROOT);
    }

    private static double millis(long nanos) {
        return (double) nanos / TimeUnit.MILLISECONDS.toNanos(1);
    }
}
