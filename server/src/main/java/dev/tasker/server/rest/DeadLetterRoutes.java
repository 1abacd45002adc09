package dev.tasker.server.rest;

import dev.tasker.engine.DeadLetterUpdate;
import dev.tasker.engine.ResolutionStatus;
import dev.tasker.server.api.DeadLetterOperations;
import dev.tasker.server.api.DeadLetterWords;
import dev.tasker.server.security.Permission;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The dead-letter queue (03 §1.9). */
final class DeadLetterRoutes {
    private final DeadLetterOperations letters;
    private final TimeLimit timeLimit;

    DeadLetterRoutes(DeadLetterOperations letters, TimeLimit timeLimit) {
        this.letters = letters;
        this.timeLimit = timeLimit;
    }

    List<Route> routes() {
        return List.of(
                Route.of("GET", "/v1/dlq", Permission.DLQ_READ, this::list),
                Route.of("GET", "/v1/dlq/stats", Permission.DLQ_STATS, this::statistics),
                Route.of("GET", "/v1/dlq/investigation-queue", Permission.DLQ_READ, this::queue),
                Route.of("GET", "/v1/dlq/staleness", Permission.DLQ_READ, this::staleness),
                Route.of("GET", "/v1/dlq/task/{task_uuid}", Permission.DLQ_READ, this::newest),
                Route.of("POST", "/v1/dlq/task/{task_uuid}", Permission.DLQ_UPDATE, this::enter),
                Route.of("PATCH", "/v1/dlq/entry/{dlq_entry_uuid}", Permission.DLQ_UPDATE, this::update));
    }

    private Reply list(Call call) throws InterruptedException {
        ResolutionStatus status =
                call.text("resolution_status").map(DeadLetterWords::status).orElse(null);
        long limit = call.signedNumber("limit").orElse(DeadLetterOperations.LIST_LIMIT);
        long offset = call.signedNumber("offset").orElse(0L);
        return Reply.ok(DeadLetterJson.letters(timeLimit.call(() -> letters.list(status, limit, offset))));
    }

    private Reply newest(Call call) throws InterruptedException {
        UUID task = uuid(call, "task_uuid");
        return Reply.ok(DeadLetterJson.letter(timeLimit.call(() -> letters.newest(task))));
    }

    private Reply enter(Call call) throws InterruptedException {
        UUID task = uuid(call, "task_uuid");
        JsonBody body = JsonBody.parse(call.jsonBody());
        String metadata = body.optionalJson("metadata");
        return Reply.ok(DeadLetterJson.letter(timeLimit.call(() -> letters.enter(task, metadata))));
    }

    private Reply update(Call call) throws InterruptedException {
        UUID entry = uuid(call, "dlq_entry_uuid");
        JsonBody body = JsonBody.parse(call.jsonBody());
        ResolutionStatus status = status(body);
        String notes = body.optionalText("resolution_notes");
        String resolvedBy = body.optionalText("resolved_by");
        String metadata = body.optionalJson("metadata");
        body.requireNoFaults();
        DeadLetterUpdate update = new DeadLetterUpdate(status, notes, resolvedBy, metadata);
        timeLimit.call(() -> {
            letters.update(entry, update);
            return entry;
        });
        return Reply.ok(DeadLetterJson.updated(entry));
    }

    private static @Nullable ResolutionStatus status(JsonBody body) {
        String word = body.optionalText("resolution_status");
        if (word == null) {
            return null;
        }
        Optional<ResolutionStatus> status = DeadLetterWords.find(word);
        if (status.isEmpty()) {
            body.fault("resolution_status", "\"" + word + "\" (expected: " + DeadLetterWords.STATUSES + ")");
        }
        return status.orElse(null);
    }

    private Reply statistics(Call call) throws InterruptedException {
        return Reply.ok(DeadLetterJson.statistics(timeLimit.call(letters::statistics)));
    }

    private Reply queue(Call call) throws InterruptedException {
        long limit = call.signedNumber("limit").orElse(DeadLetterOperations.QUEUE_LIMIT);
        return Reply.ok(DeadLetterJson.queue(timeLimit.call(() -> letters.queue(limit))));
    }

    private Reply staleness(Call call) throws InterruptedException {
        long limit = call.signedNumber("limit").orElse(DeadLetterOperations.QUEUE_LIMIT);
        return Reply.ok(DeadLetterJson.staleness(timeLimit.call(() -> letters.staleness(limit))));
    }

    private static UUID uuid(Call call, String name) {
        String text = call.parameter(name);
        return Call.uuid(text)
                .orElseThrow(() -> new RefusedException(
                        Problem.of(400, "INVALID_UUID", "Invalid URL: " + name + ": " + text + " (expected: a UUID)")));
    }
}
