package dev.tasker.worker;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Builds assignments with valid defaults, so that every option in a test matters to it. */
final class Assignments {

    private static final UUID TASK = new UUID(1, 1);
    private static final UUID CORRELATION = new UUID(1, 2);

    private @Nullable UUID stepUuid;
    private long leaseToken = 1;
    private int attempt = 1;
    private Duration timeout = Duration.ZERO;
    private String namespace = "shop";
    private String callable = "handler";
    private String method = "call";
    private String context = "{}";
    private String initialization = "{}";
    private @Nullable String inputs;
    private @Nullable String previousResult;
    private @Nullable String checkpoint;
    private final Map<String, String> dependencies = new LinkedHashMap<>();

    static Assignment assignment() {
        return new Assignments().build();
    }

    static Assignment ofMethod(String method) {
        Assignments assignment = new Assignments();
        assignment.method = method;
        return assignment.build();
    }

    static Assignments with() {
        return new Assignments();
    }

    Assignments stepUuid(UUID value) {
        stepUuid = value;
        return this;
    }

    Assignments leaseToken(long value) {
        leaseToken = value;
        return this;
    }

    Assignments attempt(int value) {
        attempt = value;
        return this;
    }

    Assignments timeout(Duration value) {
        timeout = value;
        return this;
    }

    Assignments namespace(String value) {
        namespace = value;
        return this;
    }

    Assignments callable(String value) {
        callable = value;
        return this;
    }

    Assignments context(String json) {
        context = json;
        return this;
    }

    Assignments initialization(String json) {
        initialization = json;
        return this;
    }

    Assignments inputs(String json) {
        inputs = json;
        return this;
    }

    Assignments previousResult(String json) {
        previousResult = json;
        return this;
    }

    Assignments checkpoint(String json) {
        checkpoint = json;
        return this;
    }

    Assignments dependency(String step, String document) {
        dependencies.put(step, document);
        return this;
    }

    Assignment build() {
        return new Assignment(
                TASK,
                stepUuid == null ? UUID.randomUUID() : stepUuid,
                leaseToken,
                attempt,
                3,
                timeout,
                new TaskView(namespace, "order", "1.0.0", CORRELATION, null, context, 0, "test", "test", "test"),
                new StepView(
                        "step", "step", callable, method, null, initialization, inputs, previousResult, checkpoint),
                dependencies);
    }
}
