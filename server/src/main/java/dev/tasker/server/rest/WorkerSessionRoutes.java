package dev.tasker.server.rest;

import com.google.protobuf.ByteString;
import dev.tasker.protocol.worker.v1.Assign;
import dev.tasker.protocol.worker.v1.Checkpoint;
import dev.tasker.protocol.worker.v1.Checkpointed;
import dev.tasker.protocol.worker.v1.Complete;
import dev.tasker.protocol.worker.v1.Completed;
import dev.tasker.protocol.worker.v1.EventPayload;
import dev.tasker.protocol.worker.v1.Reject;
import dev.tasker.server.gateway.GatewayConfig;
import dev.tasker.server.gateway.LeaseKey;
import dev.tasker.server.gateway.PolledSession;
import dev.tasker.server.gateway.PolledSessions;
import dev.tasker.server.gateway.RateLimitedException;
import dev.tasker.server.json.JsonWriter;
import dev.tasker.server.security.Permission;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** Workers that poll for their work (04 §9.6, long-poll profile). Translates; the gateway decides. */
final class WorkerSessionRoutes {
    private static final String SESSION = "/v1/workers/sessions/{id}";
    private static final int SLOTS_MAX = 10_000;
    private static final Duration WAIT_MAX = Duration.ofSeconds(30);

    /** What a request has beside its result document. */
    private static final int ENVELOPE_BYTES_MAX = 1 << 20;

    private static final int RETRY_SECONDS = 1;

    /** Of bodies that cannot be read, that are too large, or that say what cannot be. */
    private static final Set<Integer> SENSELESS = Set.of(400, 413, 415, 422);

    private final PolledSessions sessions;
    private final TimeLimit timeLimit;
    private final Duration waitMax;

    WorkerSessionRoutes(PolledSessions sessions, TimeLimit timeLimit, Duration requestTimeout) {
        this.sessions = sessions;
        this.timeLimit = timeLimit;
        Duration below = requestTimeout.multipliedBy(9).dividedBy(10);
        this.waitMax = below.compareTo(WAIT_MAX) < 0 ? below : WAIT_MAX;
    }

    List<Route> routes() {
        return List.of(
                Route.of("POST", "/v1/workers/sessions", Permission.WORKER_CONNECT, this::open),
                always("DELETE", SESSION, this::close),
                always("POST", SESSION + "/poll", this::poll),
                always("POST", SESSION + "/heartbeat", this::heartbeat),
                always("POST", SESSION + "/drain", this::drain),
                always("POST", SESSION + "/events", new WorkerEventRoutes(timeLimit, this::session)::publish),
                always("POST", SESSION + "/assignments/{aid}/complete", this::complete),
                always("POST", SESSION + "/assignments/{aid}/checkpoint", this::checkpoint),
                always("POST", SESSION + "/assignments/{aid}/reject", this::reject));
    }

    /** Sessions outlive the moment in which the node begins to stop: what their workers hold is to be finished. */
    private Route always(String method, String path, Route.Handler handler) {
        return Route.always(method, path, Permission.WORKER_CONNECT, call -> {
            try {
                return counted(call, handler);
            } catch (StatusRuntimeException e) {
                throw new RefusedException(
                        RateLimitedException.in(e.getStatus()) == null
                                ? gone(String.valueOf(e.getStatus().getDescription()))
                                : refusal(e));
            }
        });
    }

    /** What makes no sense counts more than what does. */
    private Reply counted(Call call, Route.Handler handler) throws InterruptedException {
        try {
            return handler.handle(call);
        } catch (RefusedException e) {
            if (SENSELESS.contains(e.problem().status())) {
                sessions.refused(call.principal());
            }
            throw e;
        }
    }

    private Reply open(Call call) throws InterruptedException {
        try {
            return counted(call, this::opened);
        } catch (StatusRuntimeException e) {
            throw new RefusedException(refusal(e));
        }
    }

    private Reply opened(Call call) throws InterruptedException {
        var register = WorkerRegistration.read(WorkerBody.parse(call.jsonBody()));
        return Reply.json(201, WorkerRegistration.write(sessions.open(register, call.principal()), waitMax));
    }

    private static Problem refusal(StatusRuntimeException e) {
        String message = String.valueOf(e.getStatus().getDescription());
        return switch (e.getStatus().getCode()) {
            case INVALID_ARGUMENT -> Problem.of(422, "VALIDATION_ERROR", message);
            case FAILED_PRECONDITION -> Problem.of(409, "CONFLICT", message);
            case PERMISSION_DENIED -> Problem.of(403, "AUTHORIZATION_FAILED", message);
            case RESOURCE_EXHAUSTED -> {
                RateLimitedException limited = RateLimitedException.in(e.getStatus());
                int seconds = limited == null ? 10 * RETRY_SECONDS : limited.retryAfterSeconds();
                yield new Problem(429, "RATE_LIMIT_EXCEEDED", message, List.of(), null, seconds);
            }
            case UNAVAILABLE -> unavailable(message);
            default -> Problem.INTERNAL_ERROR;
        };
    }

    private Reply close(Call call) {
        session(call).close();
        return noContent();
    }

    private Reply drain(Call call) {
        session(call).drain();
        return noContent();
    }

    private Reply poll(Call call) throws InterruptedException {
        PolledSession session = session(call);
        WorkerBody body = WorkerBody.parseOptional(call.jsonBody());
        if (body.has("namespaces")) {
            throw body.wrong("namespaces", "present", "none: a session serves the namespaces it was opened for");
        }
        int max = (int) body.number("max", 1, 0, SLOTS_MAX);
        Duration wait = Duration.ofMillis(Math.min(body.number("wait_ms", 0, 0, 300_000), waitMax.toMillis()));
        Set<LeaseKey> held = body.has("leases") ? new HashSet<>(body.leases("leases")) : null;
        PolledSession.Delivery delivery = session.poll(max, wait, held);
        JsonWriter json = new JsonWriter().openObject().openArray("assignments");
        for (Assign assign : delivery.assignments()) {
            AssignmentJson.write(json, assign);
        }
        json.closeArray();
        writeEnded(json, delivery.ended());
        WorkerEventRoutes.write(json, delivery.events());
        Duration drain = delivery.drain();
        json.raw("drain_ms", drain == null ? null : Long.toString(drain.toMillis()));
        return Reply.ok(json.closeObject().toBytes());
    }

    private Reply heartbeat(Call call) {
        List<LeaseKey> named = WorkerBody.parseOptional(call.jsonBody()).leases("leases");
        PolledSession.Ended ended = session(call).heartbeat(named);
        JsonWriter json = new JsonWriter().openObject();
        writeLeases(
                json,
                "renewed",
                named.stream()
                        .filter(lease -> !ended.lost().contains(lease)
                                && !ended.cancelled().contains(lease))
                        .toList());
        writeEnded(json, ended);
        return Reply.ok(json.closeObject().toBytes());
    }

    private static void writeEnded(JsonWriter json, PolledSession.Ended ended) {
        writeLeases(json, "lost", ended.lost());
        writeLeases(json, "cancel", ended.cancelled());
    }

    private static void writeLeases(JsonWriter json, String name, List<LeaseKey> leases) {
        json.openArray(name);
        leases.forEach(lease -> WorkerRegistration.lease(json, lease.stepUuid(), lease.token()));
        json.closeArray();
    }

    private Reply complete(Call call) throws InterruptedException {
        PolledSession session = session(call);
        WorkerBody body = WorkerBody.parse(call.jsonBody(GatewayConfig.RESULT_BYTES_MAX + ENVELOPE_BYTES_MAX));
        ByteString document = ByteString.copyFromUtf8(body.requiredJson("result"));
        if (document.size() > GatewayConfig.RESULT_BYTES_MAX) {
            throw new RefusedException(Problem.of(
                    413,
                    "PAYLOAD_TOO_LARGE",
                    "result: " + document.size() + " bytes (expected: <= " + GatewayConfig.RESULT_BYTES_MAX + ")"));
        }
        Complete.Builder result = Complete.newBuilder().setDocument(document);
        if (body.has("retry_after_ms")) {
            result.setRetryAfterMs(body.requiredNumber("retry_after_ms", 0, Integer.MAX_VALUE));
        }
        WorkerBody payloads = body.object("event_payloads");
        if (payloads != null) {
            payloads.names().forEach(name -> result.putEventPayloads(name, payload(payloads.requiredObject(name))));
        }
        Completed.Outcome outcome = timeLimit.await(session.complete(lease(call, body), result));
        return reply(outcome.getStatus(), outcome.getReason());
    }

    private static EventPayload payload(WorkerBody body) {
        EventPayload.Builder payload = EventPayload.newBuilder()
                .setPublisher(body.text("publisher", ""))
                .setDeclined(body.flag("declined"));
        String json = body.json("payload");
        if (json != null) {
            payload.setPayloadJson(json);
        }
        String metadata = body.json("metadata");
        if (metadata != null) {
            payload.setMetadataJson(metadata);
        }
        return payload.build();
    }

    private Reply checkpoint(Call call) throws InterruptedException {
        PolledSession session = session(call);
        WorkerBody body = WorkerBody.parse(call.jsonBody(GatewayConfig.RESULT_BYTES_MAX + ENVELOPE_BYTES_MAX));
        WorkerBody data = body.requiredObject("data");
        Checkpoint.Builder checkpoint = Checkpoint.newBuilder()
                .setCursorJson(data.requiredJson("cursor"))
                .setItemsProcessed(data.number("items_processed", 0, 0, Long.MAX_VALUE))
                .setKeepRunning(body.flag("continue"));
        String accumulated = data.json("accumulated_results");
        if (accumulated != null) {
            checkpoint.setAccumulatedResultsJson(accumulated);
        }
        Checkpointed answer = timeLimit.await(session.checkpoint(lease(call, body), checkpoint));
        return reply(answer.getStatus(), answer.getReason());
    }

    private Reply reject(Call call) {
        PolledSession session = session(call);
        WorkerBody body = WorkerBody.parse(call.jsonBody());
        String reason = body.text("reason", "worker_shutdown");
        session.reject(
                lease(call, body),
                switch (reason.toLowerCase(Locale.ROOT)) {
                    case "handler_not_found" -> Reject.Reason.HANDLER_NOT_FOUND;
                    case "worker_shutdown", "shutting_down" -> Reject.Reason.SHUTTING_DOWN;
                    default -> throw body.wrong("reason", '"' + reason + '"', "handler_not_found or worker_shutdown");
                });
        return noContent();
    }

    private static Reply reply(Completed.Status status, String reason) {
        return switch (status) {
            case ACCEPTED, DUPLICATE ->
                Reply.ok(new JsonWriter()
                        .openObject()
                        .text("status", status.name())
                        .closeObject()
                        .toBytes());
            case STALE_LEASE ->
                throw new RefusedException(
                        Problem.of(409, "STALE_LEASE", reason.isEmpty() ? "The lease had ended" : reason));
            case INVALID -> throw new RefusedException(Problem.of(422, "INVALID", reason));
            case STATUS_UNSPECIFIED, UNRECOGNIZED -> throw new IllegalStateException(status.name());
        };
    }

    private static LeaseKey lease(Call call, WorkerBody body) {
        return new LeaseKey(uuid(call.parameter("aid")), body.leaseToken());
    }

    private PolledSession session(Call call) {
        return sessions.find(uuid(call.parameter("id")), call.principal())
                .orElseThrow(() -> new RefusedException(gone("this server does not have the session")));
    }

    private static UUID uuid(String text) {
        return Call.uuid(text).orElseThrow(() -> new RefusedException(Problem.invalidUuid(text)));
    }

    private static Problem gone(String why) {
        return Problem.of(410, "GONE", "The session is over: " + why);
    }

    private static Problem unavailable(String message) {
        return new Problem(503, "SERVICE_UNAVAILABLE", message, List.of(), null, RETRY_SECONDS);
    }

    private static Reply noContent() {
        return new Reply(204, "", new byte[0], Map.of());
    }
}
