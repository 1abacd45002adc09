package dev.tasker.engine.internal.graph;

import dev.tasker.engine.internal.graph.InvalidOutcomeException.Kind;
import dev.tasker.engine.internal.graph.Outcome.CreateBatches;
import dev.tasker.engine.internal.graph.Outcome.CreateSteps;
import dev.tasker.engine.internal.graph.Outcome.Cursor;
import dev.tasker.engine.internal.graph.Outcome.NoBatches;
import dev.tasker.engine.internal.graph.Outcome.NoBranches;
import dev.tasker.engine.internal.graph.Outcome.Unsaid;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads outcomes out of result documents. A key that is absent or null asks for nothing (02 §6.3). */
public final class OutcomeParser {
    private static final String DECISION = "decision_point_outcome";
    private static final String BATCHES = "batch_processing_outcome";

    /** Keeps numbers of cursors as they were written. */
    static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private OutcomeParser() {}

    /** The outcome of a decision step. */
    public static Outcome decision(String resultDocument) throws InvalidOutcomeException {
        JsonNode outcome = outcome(resultDocument, DECISION);
        if (outcome == null) {
            return new Unsaid();
        }
        return switch (type(outcome, DECISION, "no_branches or create_steps")) {
            case "no_branches" -> new NoBranches();
            case "create_steps" -> steps(outcome.path("step_names"));
            case String other ->
                throw malformed(DECISION + ".type: \"" + other + "\" (expected: no_branches or create_steps)");
        };
    }

    /** The outcome of a batchable step. */
    public static Outcome batches(String resultDocument) throws InvalidOutcomeException {
        JsonNode outcome = outcome(resultDocument, BATCHES);
        if (outcome == null) {
            return new Unsaid();
        }
        return switch (type(outcome, BATCHES, "no_batches or create_batches")) {
            case "no_batches" -> new NoBatches();
            case "create_batches" -> createBatches(outcome);
            case String other ->
                throw malformed(BATCHES + ".type: \"" + other + "\" (expected: no_batches or create_batches)");
        };
    }

    private static @Nullable JsonNode outcome(String resultDocument, String key) throws InvalidOutcomeException {
        try {
            JsonNode outcome = JSON.readTree(resultDocument).path("result").path(key);
            return outcome.isMissingNode() || outcome.isNull() ? null : outcome;
        } catch (JacksonException e) {
            throw malformed("result: " + e.getOriginalMessage() + " (expected: JSON)");
        }
    }

    private static String type(JsonNode outcome, String key, String expected) throws InvalidOutcomeException {
        JsonNode type = outcome.path("type");
        if (!outcome.isObject() || !type.isString()) {
            throw malformed(key + ": " + shown(outcome) + " (expected: an object with type " + expected + ")");
        }
        return type.stringValue();
    }

    private static Outcome steps(JsonNode names) throws InvalidOutcomeException {
        if (!names.isArray()) {
            throw malformed(DECISION + ".step_names: " + shown(names) + " (expected: a list of step names)");
        }
        Set<String> distinct = new LinkedHashSet<>();
        for (JsonNode name : names) {
            if (!name.isString()) {
                throw malformed(DECISION + ".step_names: " + shown(name) + " (expected: a step name)");
            }
            distinct.add(name.stringValue());
        }
        return distinct.isEmpty() ? new NoBranches() : new CreateSteps(List.copyOf(distinct)); // 04 §5.6
    }

    private static CreateBatches createBatches(JsonNode outcome) throws InvalidOutcomeException {
        JsonNode worker = outcome.path("worker_template_name");
        if (!worker.isString()) {
            throw malformed(
                    BATCHES + ".worker_template_name: " + shown(worker) + " (expected: the name of a batch_worker)");
        }
        JsonNode configs = outcome.path("cursor_configs");
        if (!configs.isArray() || configs.isEmpty()) {
            throw malformed(
                    BATCHES + ".cursor_configs: " + shown(configs) + " (expected: a list of at least one cursor)");
        }
        JsonNode count = outcome.path("worker_count");
        if (!count.isIntegralNumber() || count.longValue() != configs.size()) {
            throw malformed(BATCHES + ".worker_count: " + shown(count) + " (expected: " + configs.size()
                    + ", the number of cursor_configs)");
        }
        List<Cursor> cursors = new ArrayList<>(configs.size());
        Set<String> ids = HashSet.newHashSet(configs.size());
        for (JsonNode config : configs) {
            JsonNode id = config.path("batch_id");
            if (!id.isString() || id.stringValue().isEmpty()) {
                throw malformed(BATCHES + ".cursor_configs.batch_id: " + shown(id) + " (expected: a text)");
            }
            if (!ids.add(id.stringValue())) {
                throw malformed(
                        BATCHES + ".cursor_configs.batch_id: \"" + id.stringValue() + "\" twice (expected: once)");
            }
            cursors.add(new Cursor(id.stringValue(), config));
        }
        return new CreateBatches(worker.stringValue(), cursors);
    }

    private static InvalidOutcomeException malformed(String message) {
        return new InvalidOutcomeException(Kind.MALFORMED, "invalid " + message);
    }

    private static String shown(JsonNode node) {
        if (node.isMissingNode()) {
            return "missing";
        }
        String text = node.toString();
        return text.length() > 100 ? text.substring(0, 100) + "..." : text;
    }
}
