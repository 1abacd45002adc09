package dev.tasker.worker.annotated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tasker.worker.Assignments;
import dev.tasker.worker.BadHandlerException;
import dev.tasker.worker.Decision;
import dev.tasker.worker.HandlerRegistry;
import dev.tasker.worker.StepContext;
import dev.tasker.worker.StepException;
import dev.tasker.worker.StepHandler;
import dev.tasker.worker.StepResult;
import dev.tasker.worker.ValidationStepException;
import dev.tasker.worker.api.ApiClient;
import dev.tasker.worker.batch.BatchInputs;
import dev.tasker.worker.batch.BatchPlan;
import dev.tasker.worker.batch.BatchScenario;
import dev.tasker.worker.batch.BatchWork;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What annotated methods get, and what becomes of what they return (04 §5.1, §5.8). */
class AnnotatedHandlersTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    record Line(String article, int quantity) {}

    record Order(String number, List<Line> lines, @Nullable String note) {}

    @SuppressWarnings("unused") // called through their annotations
    static final class Shop {
        @Handles("order")
        String order(@Inputs Order order, @Input("customer") String customer, @Config("currency") String currency) {
            return order.number() + " " + order.lines() + " " + order.note() + " " + customer + " " + currency;
        }

        @Handles("types")
        String types(
                @Input("count") int count,
                @Input("price") BigDecimal price,
                @Input("express") boolean express,
                @Input("lines") List<Line> lines,
                @Input("free") JsonNode free) {
            return count + " " + price + " " + express + " " + lines + " " + free;
        }

        // guide: maybe
        @Handles("maybe")
        String maybe(
                @Input("a") @Nullable String a,
                @Input("b") Optional<Line> b,
                @Input(value = "c", orElse = "fallback") String c,
                @Config(value = "d", orElse = "[1, 2]") List<Integer> d) {
            return a + " " + b + " " + c + " " + d;
        }
        // guide end

        @Handles("dependent")
        String dependent(
                @DependsOn("validate") Order order,
                @DependsOn("charge") @Nullable JsonNode charge,
                @Config JsonNode config,
                StepContext context) {
            return order.number() + " " + charge + " " + config + " " + context.attempt();
        }
    }

    @Test
    void parametersComeFromContextInitializationAndAncestors() throws Exception {
        StepContext step = context(Assignments.with().context("""
            {"number":"A-1","lines":[{"article":"tea","quantity":2}],"customer":"Ada","extra":true}\
            """).initialization("{\"currency\":\"EUR\"}"));

        assertThat(value(new Shop(), "order", step))
                .isEqualTo("{\"result\":\"A-1 [Line[article=tea, quantity=2]] null Ada EUR\"}");
        assertThat(value(
                        new Shop(),
                        "dependent",
                        context(Assignments.with()
                                .attempt(2)
                                .initialization("{\"k\":1}")
                                .dependency("validate", "{\"result\":{\"number\":\"A-2\",\"lines\":[]}}"))))
                .isEqualTo("{\"result\":\"A-2 null {\\\"k\\\":1} 2\"}");
    }

    @Test
    void valuesAreReadAsTheTypesOfTheParameters() throws Exception {
        assertThat(value(new Shop(), "types", context(Assignments.with().context("""
            {"count":3,"price":1.10,"express":true,"lines":[{"article":"a","quantity":1}],"free":[null]}\
            """))))
                .isEqualTo("{\"result\":\"3 1.10 true [Line[article=a, quantity=1]] [null]\"}");
    }

    @Test
    void whatMayBeMissingIsMarkedSo() throws Exception {
        assertThat(value(new Shop(), "maybe", context(Assignments.with().context("{\"a\":null}"))))
                .isEqualTo("{\"result\":\"null Optional.empty fallback [1, 2]\"}");
        assertThat(value(
                        new Shop(),
                        "maybe",
                        context(Assignments.with()
                                .context("{\"a\":\"x\",\"b\":{\"article\":\"t\",\"quantity\":1},\"c\":\"y\"}")
                                .initialization("{\"d\":[3]}"))))
                .isEqualTo("{\"result\":\"x Optional[Line[article=t, quantity=1]] y [3]\"}");
    }

    @Test
    void bindingErrorsAreValidationErrorsThatNameTheParameter() {
        refuses("types", "{}", "parameter 'count' of Shop.types: input 'count' is missing (expected: int)");
        refuses("types", "{\"count\":\"3\"}", "parameter 'count' of Shop.types: input 'count': STRING (expected: int)");
        refuses("types", "{\"count\":3.5}", "parameter 'count' of Shop.types: input 'count': NUMBER (expected: int)");
        refuses(
                "order",
                "{\"number\":\"A\",\"lines\":[{\"article\":\"tea\"}]}",
                "parameter 'order' of Shop.order: inputs: lines[0].quantity: Missing required creator property"
                        + " 'quantity'");
        refuses("order", "{\"number\":null,\"lines\":[]}", "parameter 'order' of Shop.order: inputs: number: ");
        refuses(
                "order",
                "{\"number\":\"A\",\"lines\":[{\"article\":\"tea\",\"quantity\":\"2\"}]}",
                "parameter 'order' of Shop.order: inputs: lines[0].quantity: Cannot coerce String value");
        refuses("dependent", "{}", "parameter 'order' of Shop.dependent: result of step 'validate' is missing");
    }

    private static void refuses(String callable, String context, String message) {
        assertThatThrownBy(() -> handler(new Shop(), callable)
                        .handle(context(Assignments.with().context(context))))
                .isInstanceOfSatisfying(ValidationStepException.class, refused -> {
                    assertThat(refused.getMessage()).startsWith(message);
                    assertThat(refused.toFailure().type()).isEqualTo("validation_error");
                    assertThat(refused.retryable()).isFalse();
                    assertThat(refused.toFailure().context()).containsKey("field");
                });
    }

    /** One method for each thing that may be returned. */
    @SuppressWarnings("unused") // called through their annotations
    static final class Returns {
        @Handles("map")
        Map<String, Object> map() {
            return Map.of("success", false);
        }

        @Handles("record")
        Line record() {
            return new Line("tea", 1);
        }

        @Handles("list")
        List<Integer> list() {
            return List.of(1, 2);
        }

        @Handles("number")
        int number() {
            return 7;
        }

        @Handles("nothing")
        void nothing() {}

        @Handles("null")
        @Nullable
        Line nullValue() {
            return null;
        }

        @Handles("object_node")
        JsonNode objectNode() {
            return JSON.readTree("{\"a\":1}");
        }

        @Handles("text_node")
        JsonNode textNode() {
            return JSON.readTree("\"a\"");
        }

        @Handles("optional")
        Optional<Line> optional() {
            return Optional.of(new Line("tea", 2));
        }

        @Handles("later")
        CompletionStage<String> later() {
            return CompletableFuture.supplyAsync(() -> "done");
        }

        @Handles("step_result")
        StepResult stepResult() {
            return StepResult.success("as it is", Map.of("k", 1));
        }
    }

    @Test
    void whatIsAnObjectIsTheValueAndAnythingElseIsTheResultMember() throws Exception {
        var step = context(Assignments.with());

        assertThat(value(new Returns(), "map", step)).isEqualTo("{\"success\":false}");
        assertThat(value(new Returns(), "record", step)).isEqualTo("{\"article\":\"tea\",\"quantity\":1}");
        assertThat(value(new Returns(), "list", step)).isEqualTo("{\"result\":[1,2]}");
        assertThat(value(new Returns(), "number", step)).isEqualTo("{\"result\":7}");
        assertThat(value(new Returns(), "nothing", step)).isEqualTo("null"); // stored as {}
        assertThat(value(new Returns(), "null", step)).isEqualTo("null");
        assertThat(value(new Returns(), "object_node", step)).isEqualTo("{\"a\":1}");
        assertThat(value(new Returns(), "text_node", step)).isEqualTo("{\"result\":\"a\"}");
        assertThat(value(new Returns(), "optional", step)).isEqualTo("{\"article\":\"tea\",\"quantity\":2}");
        assertThat(value(new Returns(), "later", step)).isEqualTo("{\"result\":\"done\"}");
        assertThat(handler(new Returns(), "step_result").handle(step))
                .isEqualTo(StepResult.success("as it is", Map.of("k", 1)));
    }

    /** Decision, analyzer, worker and aggregator. */
    @SuppressWarnings("unused") // called through their annotations
    static final class Graph {
        @Handles(value = "decide", version = "2.1.0")
        Decision decide(@Input("amount") int amount) {
            return amount > 10 ? Decision.route("manager", "finance").with("amount", amount) : Decision.skip("small");
        }

        @Handles("analyze")
        BatchPlan analyze(@Input("rows") long rows) {
            return BatchPlan.bySize(rows, 2).with("file", "x.csv");
        }

        @Handles("work")
        BatchWork work(BatchInputs batch) {
            return BatchWork.allOf(batch.endNumber() - batch.startNumber());
        }

        @Handles("aggregate")
        String aggregate(@BatchResults(of = "analyze", workers = "work_") BatchScenario scenario) {
            return scenario instanceof BatchScenario.WithBatches batches ? "of " + batches.workerCount() : "none";
        }
    }

    @Test
    void decisionsAndBatchesAreReturnedAsWhatTheyAre() throws Exception {
        StepResult.Success decided = (StepResult.Success) handler(new Graph(), "decide")
                .handle(context(Assignments.with().callable("decide").context("{\"amount\":11}")));
        assertThat(JSON.writeValueAsString(decided.value()))
                .isEqualTo("{\"routing_context\":{\"amount\":11},\"decision_point_outcome\":"
                        + "{\"type\":\"create_steps\",\"step_names\":[\"manager\",\"finance\"]}}");
        assertThat(decided.metadata().toString())
                .contains("decision_handler=decide")
                .contains("decision_version=2.1.0");
        assertThat(value(new Graph(), "decide", context(Assignments.with().context("{\"amount\":1}"))))
                .isEqualTo("{\"reason\":\"small\",\"decision_point_outcome\":{\"type\":\"no_branches\"}}");
        assertThat(value(
                        new Graph(),
                        "analyze",
                        context(Assignments.with()
                                .context("{\"rows\":3}")
                                .initialization("{\"worker_template_name\":\"work\"}"))))
                .contains(
                        "\"worker_template_name\":\"work\"",
                        "\"worker_count\":2",
                        "\"batch_metadata\":{\"file\":\"x.csv\"}");
        assertThat(value(
                        new Graph(),
                        "aggregate",
                        context(Assignments.with()
                                .dependency("analyze", "{\"result\":{}}")
                                .dependency("work_001", "{\"result\":{}}"))))
                .isEqualTo("{\"result\":\"of 1\"}");
    }

    @Test
    void placeholderOfABatchWithoutItemsIsAnsweredWithoutCallingTheMethod() throws Exception {
        String placeholder = """
            {"cursor":{"batch_id":"000","start_cursor":null,"end_cursor":null,"batch_size":0},"is_no_op":true}\
            """;
        String range = """
            {"cursor":{"batch_id":"001","start_cursor":0,"end_cursor":5,"batch_size":5},"is_no_op":false}\
            """;

        assertThat(value(new Graph(), "work", context(Assignments.with().inputs(placeholder))))
                .startsWith("{\"batch_id\":\"000\",\"no_op\":true,\"processed_count\":0,\"message\":\"No batches to"
                        + " process\"");
        assertThat(value(new Graph(), "work", context(Assignments.with().inputs(range))))
                .contains("\"items_processed\":5");
        assertThatThrownBy(() -> value(new Graph(), "work", context(Assignments.with())))
                .hasMessageContaining("No batch inputs found");
    }

    // guide: class
    /** A class with the methods of one step. */
    @Handles("payments")
    @SuppressWarnings("unused") // called by name
    static class Payments {
        private final String currency;
        private final StringBuilder log;

        Payments(@Config("currency") String currency, StringBuilder log) {
            this.currency = currency;
            this.log = log;
            log.append("made ");
        }

        public String call(@Input("amount") int amount) {
            return amount + " " + currency;
        }

        public String refund(@Input("amount") int amount) {
            return "-" + amount + " " + currency;
        }

        // guide end
        String secret(@Input("amount") int amount) {
            return "secret";
        }
    }

    @Test
    void classIsMadeForEachAttemptWithItsInitializationAndServices() throws Exception {
        var log = new StringBuilder();
        HandlerRegistry registry = HandlerRegistry.builder()
                .provide(StringBuilder.class, log)
                .annotatedClass(Payments.class)
                .build();
        StepHandler handler = Objects.requireNonNull(registry.find("any", "payments"));
        var step = context(Assignments.with().context("{\"amount\":5}").initialization("{\"currency\":\"EUR\"}"));

        assertThat(JSON.writeValueAsString(((StepResult.Success) handler.handle(step)).value()))
                .isEqualTo("{\"result\":\"5 EUR\"}");
        StepHandler refund = Objects.requireNonNull(handler.method("refund"));
        assertThat(JSON.writeValueAsString(((StepResult.Success) refund.handle(step)).value()))
                .isEqualTo("{\"result\":\"-5 EUR\"}");
        assertThat(log).hasToString("made made ");
        assertThat(handler.methods()).containsExactly("call", "refund");
        assertThat(handler.method("secret")).isNull();
    }

    @Test
    void whatCanNeverWorkIsRefusedWhenItIsRegistered() {
        refused(
                new Object() {
                    @Handles("x")
                    @SuppressWarnings("unused") // refused before it could be called
                    String call(String from) {
                        return from;
                    }
                },
                "nothing to bind it to");
        refused(
                new Object() {
                    @Handles("x")
                    @SuppressWarnings("unused") // refused before it could be called
                    String call(@Input(value = "n", orElse = "many") int n) {
                        return "" + n;
                    }
                },
                "orElse \"many\" (expected: JSON of int)");
        refused(
                new Object() {
                    @Handles("x")
                    @SuppressWarnings("unused") // refused before it could be called
                    private String hidden() {
                        return "";
                    }
                },
                "private or static");
        refused(
                new Object() {
                    @Handles("x")
                    @SuppressWarnings("unused") // refused before it could be called
                    void one() {}

                    @Handles("x")
                    @SuppressWarnings("unused") // refused before it could be called
                    void two() {}
                },
                "'x' is handled twice");
        refused(new Object(), "no @Handles");
        refused(new Ambiguous(), "(expected: a method call, or one method");
        refused(
                new Object() {
                    @Handles("x")
                    @SuppressWarnings("unused") // refused before it could be called
                    void call(@Api(baseUrl = "http://localhost", headers = "nonsense") ApiClient api) {}
                },
                "header \"nonsense\" (expected: Name: value)");
    }

    private static void refused(Object handlers, String message) {
        assertThatThrownBy(() -> HandlerRegistry.builder().annotated(handlers).build())
                .isInstanceOf(BadHandlerException.class)
                .hasMessageContaining(message);
    }

    @Handles("ambiguous")
    @SuppressWarnings("unused") // refused before it could be called
    static final class Ambiguous {
        void one(StepContext context) {}

        void two(StepContext context) {}
    }

    @Test
    void exceptionsOfTheMethodComeOutAsTheyAre() {
        assertThatThrownBy(() -> handler(
                                new Object() {
                                    @Handles("x")
                                    @SuppressWarnings("unused") // called through its annotation
                                    void call() throws IOException {
                                        throw new IOException("away");
                                    }
                                },
                                "x")
                        .handle(context(Assignments.with())))
                .isInstanceOf(IOException.class)
                .hasMessage("away");
        assertThatThrownBy(() -> handler(
                                new Object() {
                                    @Handles("x")
                                    @SuppressWarnings("unused") // called through its annotation
                                    void call() {
                                        throw StepResult.failure("no")
                                                .code("NO")
                                                .toException();
                                    }
                                },
                                "x")
                        .handle(context(Assignments.with())))
                .isInstanceOfSatisfying(
                        StepException.class, thrown -> assertThat(thrown.code()).isEqualTo("NO"));
    }

    private static StepContext context(Assignments assignment) {
        return new StepContext(assignment.build());
    }

    private static StepHandler handler(Object handlers, String callable) {
        return Objects.requireNonNull(
                HandlerRegistry.builder().annotated(handlers).build().find("any", callable));
    }

    private static String value(Object handlers, String callable, StepContext context) throws Exception {
        StepResult result = handler(handlers, callable).handle(context);
        assertThat(result).isInstanceOf(StepResult.Success.class);
        return JSON.writeValueAsString(((StepResult.Success) result).value());
    }
}
