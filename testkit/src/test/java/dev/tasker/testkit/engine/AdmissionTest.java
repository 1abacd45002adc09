package dev.tasker.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tasker.engine.EngineException;
import dev.tasker.engine.ErrorCode;
import dev.tasker.engine.TaskRequest;
import dev.tasker.testkit.DatabaseExtension;
import dev.tasker.testkit.HandDrivenWorker;
import dev.tasker.testkit.TemplateFixture;
import dev.tasker.testkit.TestDatabase;
import dev.tasker.testkit.TestNode;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The limits of requests (01 §1.5, 02 §1.2): a refusal names value and limit and writes nothing. */
@ExtendWith(DatabaseExtension.class)
class AdmissionTest {

    static Stream<Arguments> contextsWithinLimits() {
        return Stream.of(
                Arguments.of("depth 10", nested(10)),
                Arguments.of("1000 keys", keys(1_000)),
                Arguments.of("1000 items", "{\"l\":" + items(1_000) + "}"),
                Arguments.of("string of 10000", "{\"s\":\"" + "x".repeat(10_000) + "\"}"),
                Arguments.of("key of 10000", "{\"" + "k".repeat(10_000) + "\":1}"),
                Arguments.of("1 MiB", ofBytes(1 << 20)),
                Arguments.of("duplicate keys", "{\"a\":1,\"a\":2}"),
                Arguments.of("NUL escape", "{\"a\":\"\\u0000\"}"),
                Arguments.of("blanks", " {\n\t\"a\" : [ ] }\r\n"),
                Arguments.of(
                        "keys that others drop",
                        "{\"only\":1,\"on_hand\":2,\"script\":\"<script>\",\"eval\":\"javascript:\"}"),
                Arguments.of("many digits", "{\"n\":" + "9".repeat(300) + "." + "1".repeat(300) + "}"),
                Arguments.of("large exponent", "{\"n\":1e400}"),
                Arguments.of("beyond the plane", "{\"s\":\"\uD83D\uDE00\"}"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("contextsWithinLimits")
    void contextWithinTheLimitsIsStoredVerbatim(String what, String context, TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("within", "a");
            HandDrivenWorker worker = node.worker(1);
            UUID task = node.create(template.request(context));
            assertThat(node.task(task).context()).isEqualTo(context);
            assertThat(worker.next().task().context()).isEqualTo(context);
        }
    }

    static Stream<Arguments> contextsBeyondLimits() {
        return Stream.of(
                Arguments.of(nested(11), "nested deeper than 10 levels"),
                Arguments.of("[".repeat(5_000), "context"),
                Arguments.of("{\"a\":".repeat(3_000) + "1" + "}".repeat(3_000), "context"),
                Arguments.of(keys(1_001), "1001 entries (expected: at most 1000)"),
                Arguments.of("{\"l\":" + items(1_001) + "}", "context.l: 1001 entries (expected: at most 1000)"),
                Arguments.of(
                        "{\"s\":\"" + "x".repeat(10_001) + "\"}",
                        "context.s: 10001 characters (expected: at most 10000)"),
                Arguments.of(
                        "{\"" + "k".repeat(10_001) + "\":1}", "a key of 10001 characters (expected: at most 10000)"),
                Arguments.of(ofBytes((1 << 20) + 1), "1048577 bytes (expected: at most 1048576)"),
                Arguments.of(
                        "{\"s\":\"" + "\u20ac".repeat(9_000) + "\"," + "\"t\":["
                                + "\"\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\",".repeat(50_000) + "1]}",
                        "bytes (expected: at most 1048576)"),
                Arguments.of("[]", "context: ARRAY (expected: an object)"),
                Arguments.of("null", "(expected: an object)"),
                Arguments.of("\"text\"", "(expected: an object)"),
                Arguments.of("7", "(expected: an object)"),
                Arguments.of("", "context"),
                Arguments.of("   ", "context"),
                Arguments.of("{", "(expected: JSON)"),
                Arguments.of("{\"a\":1", "(expected: JSON)"),
                Arguments.of("{\"a\":1}}", "context"),
                Arguments.of("{} {}", "context"),
                Arguments.of("{'a':1}", "(expected: JSON)"),
                Arguments.of("{\"a\":01}", "(expected: JSON)"),
                Arguments.of("{\"a\":NaN}", "(expected: JSON)"),
                Arguments.of("{\"a\":1,}", "(expected: JSON)"),
                Arguments.of("{\"a\":\"\0\"}", "(expected: JSON)"),
                Arguments.of("{\"a\":\"line\nbreak\"}", "(expected: JSON)"));
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("contextsBeyondLimits")
    void contextBeyondTheLimitsIsRefused(String context, String message, TestDatabase database) {
        refused(
                database,
                request -> TaskRequest.of(request.namespace(), request.name(), request.version(), context),
                message);
    }

    static Stream<Arguments> textsBeyondLimits() {
        return Stream.of(
                Arguments.of(
                        (UnaryOperator<TaskRequest>) r -> TaskRequest.of(r.namespace(), "", "1.0.0", "{}"),
                        "Task name cannot be empty"),
                Arguments.of(
                        (UnaryOperator<TaskRequest>) r -> TaskRequest.of("", "texts", "1.0.0", "{}"),
                        "Namespace cannot be empty"),
                Arguments.of(
                        (UnaryOperator<TaskRequest>) r -> TaskRequest.of(r.namespace(), "texts", "", "{}"),
                        "Version cannot be empty"),
                Arguments.of(
                        (UnaryOperator<TaskRequest>) r -> TaskRequest.of(r.namespace(), "n".repeat(65), "1.0.0", "{}"),
                        "name: 65 characters (expected: at most 64)"),
                Arguments.of(
                        (UnaryOperator<TaskRequest>) r -> TaskRequest.of("n".repeat(30), "texts", "1.0.0", "{}"),
                        "namespace: 30 characters (expected: at most 29)"),
                Arguments.of(
                        (UnaryOperator<TaskRequest>) r -> TaskRequest.of(r.namespace(), "texts", "1".repeat(17), "{}"),
                        "version: 17 characters (expected: at most 16)"),
                Arguments.of(
                        (UnaryOperator<TaskRequest>) r -> r.withPriority(101), "priority: 101 (expected: -100 to 100)"),
                Arguments.of(
                        (UnaryOperator<TaskRequest>) r -> r.withPriority(Integer.MIN_VALUE), "(expected: -100 to 100)"),
                Arguments.of(
                        (UnaryOperator<TaskRequest>) r -> r.withIdempotencyKey("k".repeat(1_001)),
                        "idempotency_key: 1001 characters"),
                Arguments.of(
                        (UnaryOperator<TaskRequest>) r -> texts(r, "i".repeat(129), "s", "r", null),
                        "initiator: 129 characters (expected: at most 128)"),
                Arguments.of(
                        (UnaryOperator<TaskRequest>) r -> texts(r, "i", "s".repeat(129), "r", null),
                        "source_system: 129 characters"),
                Arguments.of(
                        (UnaryOperator<TaskRequest>) r -> texts(r, "i", "s", "r".repeat(129), null),
                        "reason: 129 characters"),
                Arguments.of((UnaryOperator<TaskRequest>) r -> texts(r, "", "s", "r", null), "initiator"),
                Arguments.of(
                        (UnaryOperator<TaskRequest>) r -> texts(r, "a\0b", "s", "r", null),
                        "initiator: a NUL character"),
                Arguments.of((UnaryOperator<TaskRequest>) r -> texts(r, "i", "s", "r", "\"word\""), "tags"),
                Arguments.of((UnaryOperator<TaskRequest>) r -> texts(r, "i", "s", "r", "{"), "tags"),
                Arguments.of(
                        (UnaryOperator<TaskRequest>) r -> texts(r, "i", "s", "r", items(1_001)), "tags: 1001 entries"));
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("textsBeyondLimits")
    void textBeyondItsLimitIsRefused(UnaryOperator<TaskRequest> change, String message, TestDatabase database) {
        refused(database, change, message);
    }

    @Test
    void textsAtTheirLimitsAreStored(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("texts", "a");
            String wide = "\uD83D\uDE00".repeat(128);
            UUID task =
                    node.create(texts(template.request("{}"), wide, "s".repeat(128), "r".repeat(128), "{\"k\": [1]}")
                            .withIdempotencyKey("k".repeat(1_000))
                            .withPriority(-100));
            assertThat(node.task(task).initiator()).isEqualTo(wide);
            assertThat(node.task(task).reason()).hasSize(128);
            assertThat(node.task(task).tags()).isEqualTo("{\"k\": [1]}");
            assertThat(node.task(task).priority()).isEqualTo(-100);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"other", "TEXTS", "texts "})
    void unknownTemplateIsNotFound(String name, TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            node.template("texts", "a");
            assertThatThrownBy(() -> node.create(TaskRequest.of(node.namespace(), name, "1.0.0", "{}")))
                    .isInstanceOfSatisfying(
                            EngineException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TEMPLATE_NOT_FOUND))
                    .hasMessageContaining(name);
            assertThatThrownBy(() -> node.create(TaskRequest.of(node.namespace(), "texts", "1.0.1", "{}")))
                    .isInstanceOfSatisfying(
                            EngineException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TEMPLATE_NOT_FOUND));
        }
    }

    @Test
    void templateWithoutStepsHasNoTasks(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("hollow");
            assertThatThrownBy(() -> node.create(template))
                    .isInstanceOfSatisfying(
                            EngineException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TEMPLATE_NOT_FOUND))
                    .hasMessage("Task template not found: hollow has no steps (expected: >= 1)");
        }
    }

    private static void refused(TestDatabase database, UnaryOperator<TaskRequest> change, String message) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("texts", "a");
            String before =
                    database.query("SELECT count(*) FROM tasker.task_requests").getFirst();
            assertThatThrownBy(() -> node.create(change.apply(template.request("{}"))))
                    .isInstanceOfSatisfying(
                            EngineException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST))
                    .hasMessageContaining(message);
            assertThat(database.query("SELECT count(*) FROM tasker.task_requests"))
                    .containsExactly(before);
        }
    }

    private static TaskRequest texts(
            TaskRequest request, String initiator, String source, String reason, @Nullable String tags) {
        return new TaskRequest(
                request.namespace(),
                request.name(),
                request.version(),
                request.context(),
                initiator,
                source,
                reason,
                tags,
                0,
                null,
                null,
                null);
    }

    private static String nested(int levels) {
        return "{\"a\":".repeat(levels - 1) + "{}" + "}".repeat(levels - 1);
    }

    private static String keys(int count) {
        return IntStream.range(0, count).mapToObj(i -> "\"k" + i + "\":1").collect(Collectors.joining(",", "{", "}"));
    }

    private static String items(int count) {
        return IntStream.range(0, count).mapToObj(Integer::toString).collect(Collectors.joining(",", "[", "]"));
    }

    private static String ofBytes(int size) {
        int left = size - "{\"l\":[\"\"]}".length();
        String piece = "x".repeat(9_000) + "\",\"";
        return "{\"l\":[\"" + piece.repeat(left / piece.length()) + "y".repeat(left % piece.length()) + "\"]}";
    }
}
