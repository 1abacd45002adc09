package dev.tasker.worker;

import static dev.tasker.worker.Documents.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class StepContextTest {

    private static final String CONTEXT = """
        {"text": "abc", "count": 3, "huge": 9007199254740993, "price": 10.10, "flag": true, "none": null,
         "customer": {"id": 7, "name": "Ada", "unknown": 1}}\
        """;

    private final StepContext context =
            new StepContext(Assignments.with().context(CONTEXT).build());

    record Customer(int id, String name) {}

    @Test
    void untypedInputIsNullWhenAbsentOrNull() {
        assertThat(context.input("absent")).isNull();
        assertThat(context.input("none")).isNull();
        assertThat(context.input("count")).isEqualTo(json("3"));
        assertThat(context.context().size()).isEqualTo(7);
    }

    @Test
    void typedInputConvertsExactly() {
        assertThat(context.input("text", String.class)).isEqualTo("abc");
        assertThat(context.input("count", Integer.class)).isEqualTo(3);
        assertThat(context.input("huge", Long.class)).isEqualTo(9007199254740993L);
        assertThat(context.input("price", BigDecimal.class)).isEqualByComparingTo("10.10");
        assertThat(context.input("count", Double.class)).isEqualTo(3.0);
        assertThat(context.input("flag", Boolean.class)).isTrue();
        assertThat(context.input("customer", Customer.class)).isEqualTo(new Customer(7, "Ada"));
        assertThat(context.input("customer", JsonNode.class).get("id")).isEqualTo(json("7"));
    }

    @Test
    void typedInputRefusesWhatIsMissing() {
        assertThatThrownBy(() -> context.input("absent", String.class))
                .isInstanceOf(ValidationStepException.class)
                .hasMessage("input 'absent' is missing (expected: String)");
        assertThatThrownBy(() -> context.input("none", Integer.class)).isInstanceOf(ValidationStepException.class);
    }

    @Test
    void typedInputRefusesOtherTypesInsteadOfGuessing() {
        for (String field : List.of("text", "price", "flag", "customer")) {
            assertThatThrownBy(() -> context.input(field, Integer.class))
                    .isInstanceOf(ValidationStepException.class)
                    .hasMessageStartingWith("input '" + field + "': ");
        }
        assertThatThrownBy(() -> context.input("huge", Integer.class)).isInstanceOf(ValidationStepException.class);
        assertThatThrownBy(() -> context.input("count", String.class)).isInstanceOf(ValidationStepException.class);
        assertThatThrownBy(() -> context.input("count", Boolean.class)).isInstanceOf(ValidationStepException.class);
        assertThatThrownBy(() -> context.input("text", BigDecimal.class)).isInstanceOf(ValidationStepException.class);
        assertThatThrownBy(() -> context.input("text", Customer.class)).isInstanceOf(ValidationStepException.class);
    }

    @Test
    void fallbackStandsInForWhatIsAbsentOrNullOnly() {
        assertThat(context.inputOr("none", 5)).isEqualTo(5);
        assertThat(context.inputOr("count", 5)).isEqualTo(3);
        assertThatThrownBy(() -> context.inputOr("text", 5)).isInstanceOf(ValidationStepException.class);
    }

    @Test
    void configurationIsTheInitializationOfTheHandler() {
        var configured = new StepContext(
                Assignments.with().initialization("{\"limit\": 5}").build());

        assertThat(configured.config("limit", Integer.class)).isEqualTo(5);
        assertThat(configured.config("limit")).isEqualTo(json("5"));
        assertThat(configured.configOr("limit", 1)).isEqualTo(5);
        assertThat(configured.configOr("other", 1)).isEqualTo(1);
        assertThatThrownBy(() -> configured.config("other", String.class))
                .hasMessage("initialization 'other' is missing (expected: String)");
        assertThat(new StepContext(Assignments.with().initialization("null").build()).config())
                .isEqualTo(json("{}"));
        assertThat(new StepContext(Assignments.with().initialization("").build()).config())
                .isEqualTo(json("{}"));
    }

    @Test
    void dependencyResultIsUnwrapped() {
        var dependent = new StepContext(Assignments.with()
                .dependency("sum", "{\"success\":true,\"metadata\":{\"custom\":{\"result\":1}},\"result\":36}")
                .dependency("order", "{\"result\":{\"total\":{\"cents\":995}},\"success\":true}")
                .dependency("nothing", "{\"success\":true,\"result\":null}")
                .dependency("older", "{\"success\":true}")
                .dependency("odd", "17")
                .build());

        assertThat(dependent.dependencyResult("sum")).isEqualTo(json("36"));
        assertThat(dependent.dependencyResult("sum")).isSameAs(dependent.dependencyResult("sum"));
        assertThat(dependent.dependencyResult("sum", Long.class)).isEqualTo(36L);
        assertThat(dependent.dependencyResult("nothing")).isNull();
        assertThat(dependent.dependencyResult("older")).isNull();
        assertThat(dependent.dependencyResult("odd")).isNull();
        assertThat(dependent.dependencyResult("absent")).isNull();
        assertThatThrownBy(() -> dependent.dependencyResult("absent", Long.class))
                .hasMessage("result of step 'absent' is missing (expected: Long)");
    }

    @Test
    void dependencyFieldIsNullOnAnyMiss() {
        var dependent = new StepContext(Assignments.with()
                .dependency("order", "{\"result\":{\"total\":{\"cents\":995}}}")
                .build());

        assertThat(dependent.dependencyField("order", "total", "cents")).isEqualTo(json("995"));
        assertThat(dependent.dependencyField("order", "total", "euros")).isNull();
        assertThat(dependent.dependencyField("order", "total", "cents", "deeper"))
                .isNull();
        assertThat(dependent.dependencyField("absent", "total")).isNull();
    }

    @Test
    void dependenciesAreFoundByPrefixInOrder() {
        var dependent = new StepContext(Assignments.with()
                .dependency("batch_002", "{\"result\":2}")
                .dependency("batch_001", "{\"result\":1}")
                .dependency("batch_003", "{\"result\":null}")
                .dependency("other", "{\"result\":9}")
                .build());

        assertThat(dependent.allDependencyResults("batch_").keySet()).containsExactly("batch_001", "batch_002");
        assertThat(dependent.dependencyNames())
                .containsExactlyInAnyOrder("batch_001", "batch_002", "batch_003", "other");
    }

    @Test
    void attemptsAreCountedFromOne() {
        var first = new StepContext(Assignments.with().attempt(1).build());
        var last = new StepContext(Assignments.with().attempt(3).build());

        assertThat(first.retryCount()).isZero();
        assertThat(first.isRetry()).isFalse();
        assertThat(first.isLastAttempt()).isFalse();
        assertThat(last.attempt()).isEqualTo(3);
        assertThat(last.isRetry()).isTrue();
        assertThat(last.maxAttempts()).isEqualTo(3);
        assertThat(last.isLastAttempt()).isTrue();
    }

    @Test
    void identityComesFromTheAssignment() {
        UUID step = UUID.randomUUID();
        Assignment assignment = Assignments.with().stepUuid(step).build();
        var identified = new StepContext(assignment);

        assertThat(identified.stepUuid()).isEqualTo(step);
        assertThat(identified.taskUuid()).isEqualTo(assignment.taskUuid());
        assertThat(identified.correlationId()).isEqualTo(assignment.task().correlationId());
        assertThat(identified.handlerName()).isEqualTo("handler");
        assertThat(identified.task().name()).isEqualTo("order");
        assertThat(identified.step().name()).isEqualTo("step");
    }

    @Test
    void inputsCheckpointAndPreviousResultAreParsedWhenThere() {
        var resumed = new StepContext(Assignments.with()
                .inputs("{\"cursor\":{\"batch_id\":\"001\"}}")
                .previousResult("{\"metadata\":{\"context\":{\"failed_at\":5}}}")
                .checkpoint("{\"cursor\":40,\"items_processed\":40,\"accumulated_results\":{\"sum\":1}}")
                .build());

        assertThat(resumed.stepInputs().at("/cursor/batch_id").stringValue()).isEqualTo("001");
        assertThat(resumed.previousResult()).isEqualTo(json("{'metadata': {'context': {'failed_at': 5}}}"));
        assertThat(resumed.checkpointCursor()).isEqualTo(json("40"));
        assertThat(resumed.hasCheckpoint()).isTrue();
        assertThat(resumed.checkpointItemsProcessed()).isEqualTo(40);
        assertThat(resumed.accumulatedResults()).isEqualTo(json("{'sum': 1}"));
    }

    @Test
    void inputsCheckpointAndPreviousResultAreEmptyOnAFirstRun() {
        assertThat(context.stepInputs()).isEqualTo(json("{}"));
        assertThat(context.previousResult()).isNull();
        assertThat(context.checkpoint()).isNull();
        assertThat(context.hasCheckpoint()).isFalse();
        assertThat(context.checkpointItemsProcessed()).isZero();
        assertThat(context.accumulatedResults()).isNull();
    }
}
