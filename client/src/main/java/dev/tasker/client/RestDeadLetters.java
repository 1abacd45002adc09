package dev.tasker.client;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Over REST. */
final class RestDeadLetters implements DeadLetters {
    private static final String ROOT = "/v1/dlq";

    private final RestCalls calls;

    RestDeadLetters(RestCalls calls) {
        this.calls = calls;
    }

    @Override
    public List<DeadLetter> list(DeadLetter.@Nullable Status status, int limit, int offset)
            throws InterruptedException {
        Map<String, Object> query = new LinkedHashMap<>();
        if (status != null) {
            query.put("resolution_status", status.text());
        }
        query.put("limit", limit);
        query.put("offset", offset);
        return calls.callForList(Request.get(Paths.withQuery(ROOT, query)), DeadLetter.class);
    }

    @Override
    public DeadLetter ofTask(UUID task) throws InterruptedException {
        return calls.call(Request.get(Paths.of(ROOT, "task", task)), DeadLetter.class);
    }

    @Override
    public DeadLetter enter(UUID task, @Nullable JsonNode metadata) throws InterruptedException {
        ObjectNode body = Json.MAPPER.createObjectNode();
        body.set("metadata", metadata);
        return calls.call(Request.send("POST", Paths.of(ROOT, "task", task), body.toString()), DeadLetter.class);
    }

    @Override
    public void update(UUID entry, DeadLetterUpdate update) throws InterruptedException {
        calls.send(Request.send("PATCH", Paths.of(ROOT, "entry", entry), update.toJson())
                .in(Manner.READ));
    }

    @Override
    public List<DeadLetterStats> stats() throws InterruptedException {
        return calls.callForList(Request.get(ROOT + "/stats"), DeadLetterStats.class);
    }

    @Override
    public List<QueuedDeadLetter> queue(int limit) throws InterruptedException {
        return calls.callForList(Request.get(ROOT + "/investigation-queue?limit=" + limit), QueuedDeadLetter.class);
    }

    @Override
    public List<StaleTask> staleness(int limit) throws InterruptedException {
        return calls.callForList(Request.get(ROOT + "/staleness?limit=" + limit), StaleTask.class);
    }
}
