package dev.tasker.worker;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Builds assignments with valid defaults, so that every option in a test matters to it. */
public final class Assignments {

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
    private String templateStepName = "step";
    private @Nullable String resolver;
    private String initialization = "{}";
    private @Nullable String inputs;
    private @Nullable String previousResult;
    private @Nullable String checkpoint;
    private final Map<String, String> dependencies = new LinkedHashMap<>();

    public static Assignment assignment() {
        return new Assignments().build();
    }

    public static Assignment ofMethod(String method) {
        return with().method(method).build();
    }

    public static Assignments with() {
        return new Assignments();
    }

    public Assignments stepUuid(UUID value) {
        stepUuid = value;
        return this;
    }

    public Assignments leaseToken(long value) {
        leaseToken = value;
        return this;
    }

    public Assignments attempt(int value) {
        attempt = value;
        return this;
    }

    public Assignments timeout(Duration value) {
        timeout = value;
        return this;
    }

    public Assignments namespace(String value) {
        namespace = value;
        return this;
    }

    public Assignments callable(String value) {
        callable = value;
        return this;
    }

    public Assignments method(String value) {
        method = value;
        return this;
    }

    public Assignments resolver(String value) {
        resolver = value;
        return this;
    }

    public Assignments templateStepName(String value) {
        templateStepName = value;
        return this;
    }

    public Assignments context(String json) {
        context = json;
        return this;
    }

    public Assignments initialization(String json) {
        initialization = json;
        return this;
    }

    public Assignments inputs(String json) {
        inputs = json;
        return this;
    }

    public Assignments previousResult(String json) {
        previousResult = json;
        return this;
    }

    public Assignments checkpoint(String json) {
        checkpoint = json;
        return this;
    }

    public Assignments dependency(String step, String document) {
        dependencies.put(step, document);
        return this;
    }

    public Assignment build() {
        return new Assignment(
                TASK,
                stepUuid == null ? UUID.randomUUID() : stepUuid,
                leaseToken,
                attempt,
                3,
                timeout,
                new TaskView(namespace, "order", "1.0.0", CORRELATION, null, context, 0, "test", "test", "test"),
                new StepView(
                        "step",
                        templateStepName,
                        callable,
                        method,
                        resolver,
                        initialization,
                        inputs,
                        previousResult,
                        checkpoint),
                dependencies);
    }
}
