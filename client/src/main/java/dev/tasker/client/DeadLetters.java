package dev.tasker.client;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Investigations of tasks that went wrong (03 §1.9). Thread-safe; get one from {@link TaskerClient#deadLetters()}. */
public final class DeadLetters {
    private static final String ROOT = "/v1/dlq";

    private final Calls calls;

    DeadLetters(Calls calls) {
        this.calls = calls;
    }

    /**
     * Newest first.
     *
     * @param status null for any
     * @param limit 1 to 1 000
     */
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

    /** The newest one of a task. */
    public DeadLetter ofTask(UUID task) throws InterruptedException {
        return calls.call(Request.get(Paths.of(ROOT, "task", task)), DeadLetter.class);
    }

    /**
     * Opens an investigation by hand.
     *
     * @param metadata kept with it, null for none
     */
    public DeadLetter enter(UUID task, @Nullable JsonNode metadata) throws InterruptedException {
        ObjectNode body = Json.MAPPER.createObjectNode();
        body.set("metadata", metadata);
        return calls.call(Request.send("POST", Paths.of(ROOT, "task", task), body.toString()), DeadLetter.class);
    }

    /** Notes what is known; never moves the task. Making the same note again changes nothing, so a lost answer is asked for again. */
    public void update(UUID entry, DeadLetterUpdate update) throws InterruptedException {
        calls.send(Request.send("PATCH", Paths.of(ROOT, "entry", entry), update.toJson())
                .thatIsRepeatable());
    }

    /** One line for each reason there is. */
    public List<DeadLetterStats> stats() throws InterruptedException {
        return calls.callForList(Request.get(ROOT + "/stats"), DeadLetterStats.class);
    }

    /** Open ones, the most urgent first. */
    public List<QueuedDeadLetter> queue(int limit) throws InterruptedException {
        return calls.callForList(Request.get(ROOT + "/investigation-queue?limit=" + limit), QueuedDeadLetter.class);
    }

    /** Tasks that wait, the stalest first. */
    public List<StaleTask> staleness(int limit) throws InterruptedException {
        return calls.callForList(Request.get(ROOT + "/staleness?limit=" + limit), StaleTask.class);
    }
}
