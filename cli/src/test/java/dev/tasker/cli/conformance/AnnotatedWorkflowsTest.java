package dev.tasker.cli.conformance;

import static dev.tasker.cli.conformance.Expectations.uuid;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.tasker.examples.demo.AnnotatedShop;
import dev.tasker.examples.demo.DemoHandlers;
import dev.tasker.examples.parcel.ParcelHandlers;
import dev.tasker.examples.parcel.ParcelTemplates;
import dev.tasker.template.TaskTemplate;
import dev.tasker.template.TemplateBuilder;
import dev.tasker.worker.HandlerRegistry;
import dev.tasker.worker.StepContext;
import dev.tasker.worker.StepHandler;
import dev.tasker.worker.StepResult;
import dev.tasker.worker.api.ApiClient;
import dev.tasker.worker.resolve.PatternResolver;
import dev.tasker.worker.resolve.TemplateHandlers;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/** Annotated handlers, templates declared in Java and resolved addresses, through engine and each transport (04 §5.8, §5.9). */
@ParameterizedClass(name = "{0}")
@EnumSource
class AnnotatedWorkflowsTest {
    private static final TaskTemplate RESOLVED = TemplateBuilder.template("resolving", "resolved", "1.0.0")
            .step("pattern", "payments:stripe:charge", step -> step.with("currency", "EUR"))
            .step("hinted", "payments:stripe:refund", step -> step.resolver("payments"))
            .step("class", "dev::tasker::cli::conformance::AnnotatedWorkflowsTest$Ledger", step -> step.method("book"))
            .step("by_name", "nobody.knows.it")
            .build();

    @TempDir
    static Path folder;

    private static @Nullable HttpServer carrier;
    private static @Nullable ConformanceStack stack;

    private final TaskApi api = Objects.requireNonNull(stack).api();
    private final Expectations expect = new Expectations(api);

    AnnotatedWorkflowsTest(Transport transport) {
        assertThat(transport).isNotNull();
    }

    /** Found by its class. */
    public static final class Ledger implements StepHandler {
        @Override
        public StepResult handle(StepContext context) {
            return StepResult.success(Map.of("called", "call"));
        }

        /** The method that the template names. */
        public StepResult book(StepContext context) {
            return StepResult.success(Map.of("called", "book"));
        }
    }

    @BeforeParameterizedClassInvocation
    static void start(Transport transport) throws IOException {
        carrier = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        carrier.createContext("/quotes", exchange -> {
            try (exchange) {
                boolean near = exchange.getRequestURI().getQuery().contains("country=SE");
                byte[] body = (near ? "{\"price\":12.75,\"days\":2}" : "{\"message\":\"no such country\"}")
                        .getBytes(StandardCharsets.UTF_8);
                exchange.getResponseHeaders().add("Content-Type", "application/json");
                exchange.sendResponseHeaders(near ? 200 : 422, body.length);
                exchange.getResponseBody().write(body);
            }
        });
        carrier.start();
        List<TaskTemplate> declared = List.of(ParcelTemplates.parcel(), ParcelTemplates.labels(), RESOLVED);
        HandlerRegistry handlers = HandlerRegistry.builder()
                .addAll(AnnotatedShop.registry())
                .addAll(ParcelHandlers.registry(
                        ApiClient.of("http://127.0.0.1:" + carrier.getAddress().getPort())))
                .handler("by_name", context -> StepResult.success(Map.of("found", "by name")))
                .resolver(new PatternResolver(
                        "payments",
                        "payments:(?<provider>\\w+):(?<action>\\w+)",
                        (match, context) -> step -> StepResult.success(
                                Map.of("action", match.group("action"), "config", context.initialization()))))
                .classLookup("dev.tasker.cli.conformance")
                .build();
        TemplateHandlers.of(declared, handlers).serve(handlers, true);
        Map<String, String> templates = Stream.concat(
                        Stream.of(Map.entry("order.yaml", DemoHandlers.templateYaml())),
                        declared.stream().map(each -> Map.entry(each.name(), each.toCanonicalJson())))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
        stack = ConformanceStack.start(folder.resolve(transport.name()), transport, templates, handlers);
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        if (stack != null) {
            stack.close();
            stack = null;
        }
        if (carrier != null) {
            carrier.stop(0);
            carrier = null;
        }
    }

    @Test
    void orderOfTheTeaShopIsShippedByAnnotatedMethods() throws Exception {
        JsonNode task = rest("shop", "order", DemoHandlers.sampleOrderJson());

        assertThat(task.get("status").asString()).isEqualTo("complete");
        assertThat(expect.results(task).get("send_receipt")).contains("Order T-2041", "172.60");
        assertThat(api.steps(uuid(task)).get(3).get("attempts").asInt()).isEqualTo(2); // the gateway's hiccup
    }

    @Test
    void priceOfTheCarrierDecidesTheWay() throws Exception {
        JsonNode task = rest("parcels", "send_parcel", "{\"grams\":500,\"country\":\"SE\"}");

        expect.assertComplete(task, 3);
        assertThat(expect.results(task)).containsKeys("quote", "route", "by_air");
        assertThat(expect.results(task).get("quote")).isEqualTo("{\"price\":12.75,\"days\":2}");
    }

    @Test
    void refusalOfTheCarrierFailsTheStepForGood() throws Exception {
        JsonNode task = rest("parcels", "send_parcel", "{\"grams\":500,\"country\":\"XX\"}");
        JsonNode missing = rest("parcels", "send_parcel", "{\"country\":\"SE\"}");

        Expectations.assertFailed(api.steps(uuid(task)).get(0), 1, "HTTP_422", "unprocessable_entity", false);
        JsonNode quote = api.steps(uuid(missing)).get(0);
        Expectations.assertFailed(quote, 1, "VALIDATION_ERROR", "validation_error", false);
        assertThat(quote.at("/results/error/message").asString())
                .startsWith("parameter 'parcel' of ParcelHandlers.quote: inputs: grams");
    }

    @Test
    void labelsArePrintedInBatchesWithCheckpoints() throws Exception {
        JsonNode task = rest("parcels", "print_labels", "{\"labels\":250}");

        expect.assertComplete(task, 5);
        assertThat(expect.results(task).get("count"))
                .contains("\"total_processed\":250", "\"worker_count\":3", "\"scenario\":\"with_batches\"");
    }

    @Test
    void noLabelsAreOnePlaceholder() throws Exception {
        JsonNode task = rest("parcels", "print_labels", "{\"labels\":0}");

        expect.assertComplete(task, 3);
        assertThat(expect.results(task).get("print_000")).contains("\"no_op\":true");
        assertThat(expect.results(task).get("count")).contains("\"scenario\":\"no_batches\"");
    }

    @Test
    void addressesAreResolvedAlikeThroughEveryTransport() throws Exception {
        JsonNode task = rest("resolving", "resolved", "{}");

        expect.assertComplete(task, 4);
        Map<String, String> results = expect.results(task);
        assertThat(results.get("pattern")).contains("\"action\":\"charge\"", "\"config\":{\"currency\":\"EUR\"}");
        assertThat(results.get("hinted")).contains("\"action\":\"refund\"");
        assertThat(results.get("class")).isEqualTo("{\"called\":\"book\"}");
        assertThat(results.get("by_name")).isEqualTo("{\"found\":\"by name\"}");
    }

    private JsonNode rest(String namespace, String name, String context) throws IOException, InterruptedException {
        return api.resting(uuid(api.create(namespace, name, context)));
    }
}
