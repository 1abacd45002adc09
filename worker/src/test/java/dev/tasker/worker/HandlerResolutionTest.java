package dev.tasker.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tasker.template.HandlerDefinition;
import dev.tasker.worker.resolve.HandlerNotFoundException;
import dev.tasker.worker.resolve.HandlerResolver;
import dev.tasker.worker.resolve.PatternResolver;
import dev.tasker.worker.resolve.ResolutionContext;
import dev.tasker.worker.sample.Refund;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** From the address in a template to the code that runs (04 §5.9). */
@Timeout(30)
class HandlerResolutionTest {
    private static final String SAMPLE = "dev.tasker.worker.sample";
    private static final StepHandler PAY = context -> StepResult.success("pay");

    // guide: resolver
    private static final PatternResolver PAYMENTS = new PatternResolver(
            "payments",
            "^payments:(?<provider>\\w+):(?<action>\\w+)$",
            (match, context) -> match.group("provider").equals("nobody")
                    ? null
                    : step -> StepResult.success(match.group("provider") + " " + match.group("action") + " "
                            + context.namespace() + " " + context.initialization() + " "
                            + step.correlationId().equals(context.correlationId())));
    // guide end

    @Test
    void registeredCallableGoesBeforeEveryResolver() {
        var everything = PatternResolver.ofPrefix("everything", "", (match, context) -> PAY);
        var registry = HandlerRegistry.builder()
                .handler("payments:own:charge", context -> StepResult.success("own"))
                .resolver(everything)
                .build();

        assertThat(run(registry, Assignments.with().callable("payments:own:charge")))
                .contains("\"result\":\"own\"");
        assertThat(run(registry, Assignments.with().callable("other"))).contains("\"result\":\"pay\"");
        assertThat(registry.resolvers()).containsExactly("explicit_mapping", "everything");
    }

    @Test
    void resultNamesTheVersionOfTheHandlerHoweverItWasFound() {
        StepHandler versioned = new StepHandler() {
            @Override
            public StepResult handle(StepContext context) {
                return context.attempt() > 1 ? StepResult.failure("no") : StepResult.success();
            }

            @Override
            public String version() {
                return "2.7.1";
            }
        };
        var methods = HandlerMethods.of(versioned).with("refund", PAY);
        var registry = HandlerRegistry.builder()
                .handler("registered", versioned)
                .handler("methods", methods)
                .resolver(PatternResolver.ofPrefix("found", "found:", (match, context) -> versioned))
                .build();

        String stated = "\"handler_version\":\"2.7.1\"";
        assertThat(run(registry, Assignments.with().callable("registered"))).contains(stated);
        assertThat(failure(registry, Assignments.with().callable("registered").attempt(2)))
                .contains(stated);
        assertThat(run(registry, Assignments.with().callable("methods").method("refund")))
                .contains(stated);
        assertThat(run(registry, Assignments.with().callable("found:late"))).contains(stated);
        assertThat(failure(registry, Assignments.with().callable("nobody"))).doesNotContain("handler_version");
    }

    @Test
    void patternResolverGetsTheGroupsAndWhoAsks() {
        var registry = HandlerRegistry.builder().resolver(PAYMENTS).build();

        assertThat(run(
                        registry,
                        Assignments.with().callable("payments:stripe:refund").initialization("{\"k\":1}")))
                .contains("stripe refund shop {\\\"k\\\":1} true");
    }

    @Test
    void resolversAreAskedByPriorityAndNullFallsThrough() {
        List<String> asked = new ArrayList<>();
        var registry = HandlerRegistry.builder()
                .resolver(new Asked("late", 99, asked, PAY))
                .resolver(new Asked("early", 20, asked, null))
                .resolver(PAYMENTS)
                .build();

        assertThat(run(registry, Assignments.with().callable("payments:nobody:x")))
                .contains("\"result\":\"pay\"");
        assertThat(asked).containsExactly("early", "late");
        assertThat(registry.resolvers()).containsExactly("explicit_mapping", "early", "payments", "late");
    }

    private record Asked(
            String name,
            int priority,
            List<String> asked,
            @Nullable StepHandler answer) implements HandlerResolver {
        @Override
        public boolean canResolve(HandlerDefinition definition, ResolutionContext context) {
            return true;
        }

        @Override
        public @Nullable StepHandler resolve(HandlerDefinition definition, ResolutionContext context) {
            asked.add(name);
            return answer;
        }
    }

    @Test
    void resolverThatTheTemplateNamesIsAskedAlone() {
        var registry = HandlerRegistry.builder()
                .handler("payments:stripe:x", PAY)
                .resolver(PAYMENTS)
                .build();

        assertThat(run(
                        registry,
                        Assignments.with().callable("payments:stripe:x").resolver("payments")))
                .contains("stripe x");
        assertThat(failure(registry, Assignments.with().callable("plain").resolver("payments")))
                .contains("handler_not_found", "Handler not found: plain (tried: [payments] alone");
        assertThat(failure(
                        registry,
                        Assignments.with().callable("payments:nobody:x").resolver("payments")))
                .contains("tried: [payments] alone");
        assertThat(failure(
                        registry,
                        Assignments.with().callable("payments:stripe:x").resolver("service")))
                .contains("resolver: 'service' does not exist, expected: one of [explicit_mapping, payments]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"explicit_mapping", "ExplicitMappingResolver"})
    void everySpellingOfTheExplicitMappingResolves(String hint) {
        var registry = HandlerRegistry.builder().handler("pay", PAY).build();

        assertThat(run(registry, Assignments.with().callable("pay").resolver(hint)))
                .contains("\"result\":\"pay\"");
        assertThat(failure(
                        registry,
                        Assignments.with()
                                .callable("other")
                                .templateStepName("pay")
                                .resolver(hint)))
                .contains("tried: [explicit_mapping] alone");
    }

    @ParameterizedTest
    @ValueSource(strings = {"class_lookup", "class_constant", "ClassConstantResolver"})
    void everySpellingOfTheClassLookupResolves(String hint) {
        var registry = HandlerRegistry.builder().classLookup(SAMPLE).build();

        assertThat(run(registry, Assignments.with().callable("Refund").resolver(hint)))
                .contains("\"result\":\"refund\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Refund",
                "sample.Refund",
                "sample::Refund",
                SAMPLE + ".Refund",
                "dev::tasker::worker::sample::Refund"
            })
    void classesAreFoundInEverySpellingAndMadeForEachAttempt(String callable) {
        var registry = HandlerRegistry.builder()
                .classLookup(SAMPLE, "dev.tasker.worker")
                .build();
        int before = Refund.MADE.get();

        assertThat(run(registry, Assignments.with().callable(callable))).contains("\"result\":\"refund\"");
        assertThat(run(registry, Assignments.with().callable(callable))).contains("\"result\":\"refund\"");
        assertThat(Refund.MADE.get()).isEqualTo(before + 2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "java.lang.String",
                "dev.tasker.worker.StepResult",
                "dev.tasker.worker.sampler.Refund",
                "lower.case",
                "Missing"
            })
    void classesOutsideTheConfiguredPackagesAreNeverLoaded(String callable) {
        var registry = HandlerRegistry.builder().classLookup(SAMPLE).build();

        assertThat(failure(registry, Assignments.with().callable(callable)))
                .contains("Handler not found: " + callable + " (tried: [explicit_mapping, class_lookup]");
    }

    @Test
    void classThatIsNoHandlerIsNotFoundEither() {
        var registry = HandlerRegistry.builder().classLookup("java.util").build();

        assertThat(failure(registry, Assignments.with().callable("java.util.Optional")))
                .contains("handler_not_found", "(its class is no handler: private java.util.Optional(");
    }

    @Test
    void methodOfTheTemplateRunsWhereverTheHandlerWasFound() {
        var registry = HandlerRegistry.builder()
                .classLookup(SAMPLE)
                .handlerClass("made", Refund.class)
                .factory("factory", initialization -> new Two(initialization))
                .resolver(
                        PatternResolver.ofPrefix("two", "two:", (match, context) -> new Two(context.initialization())))
                .handler("shared", new Two(Json.MAPPER.readTree("{}")))
                .build();

        for (String callable : List.of("Refund", "made")) {
            assertThat(run(registry, Assignments.with().callable(callable).method("partial")))
                    .contains("\"result\":\"partial\"");
            assertThat(failure(registry, Assignments.with().callable(callable).method("secret")))
                    .contains("method 'secret' of handler " + callable
                            + " does not exist (expected: one of [call, partial])");
        }
        for (String callable : List.of("two:x", "shared", "factory")) {
            assertThat(run(registry, Assignments.with().callable(callable).method("second")))
                    .contains("\"result\":\"second ");
            assertThat(failure(registry, Assignments.with().callable(callable).method("third")))
                    .contains("(expected: one of [call, second])");
        }
        assertThat(run(registry, Assignments.with().callable("factory").initialization("{\"k\":1}")))
                .contains("\"result\":\"first {\\\"k\\\":1}\"");
        assertThat(failure(registry, Assignments.with().callable("factory").method("third")))
                .contains("method 'third' of handler factory does not exist");
    }

    /** A handler with a second method, as users write it. */
    public static final class Two implements StepHandler {
        private final JsonNode initialization;

        Two(JsonNode initialization) {
            this.initialization = initialization;
        }

        @Override
        public StepResult handle(StepContext context) {
            return StepResult.success("first " + initialization);
        }

        /** A method that a template may name. */
        public StepResult second(StepContext context) {
            return StepResult.success("second " + initialization);
        }

        /** None that a template may name: it gets what no step has. */
        public String describe(String prefix) {
            return prefix + initialization;
        }
    }

    @Test
    void unknownCallableIsLookedUpByTheStepsName() {
        var registry = HandlerRegistry.builder().handler("pay", PAY).build();
        var resolving =
                HandlerRegistry.builder().handler("pay", PAY).resolver(PAYMENTS).build();

        for (HandlerRegistry each : List.of(registry, resolving)) {
            assertThat(run(each, Assignments.with().callable("unknown").templateStepName("pay")))
                    .contains("\"result\":\"pay\"");
        }
    }

    @Test
    void stepThatNothingHereCanRunIsGivenBackUnlessResolversMightHaveKnown() {
        try (var fixture = new WorkerFixture(PAY)) {
            Assignment unknown = Assignments.with().callable("unknown").build();
            fixture.session.assign(unknown);
            assertThat(HandDrivenSource.take(fixture.session.rejections).reason())
                    .isEqualTo(RejectReason.HANDLER_NOT_FOUND);
        }
        assertThat(failure(
                        HandlerRegistry.builder().resolver(PAYMENTS).build(),
                        Assignments.with().callable("unknown")))
                .contains("\"error_type\":\"handler_not_found\"");
    }

    @Test
    void exceptionOfAResolverFailsTheAttemptAndNotTheWorker() {
        var registry = HandlerRegistry.builder()
                .resolver(PatternResolver.ofPrefix("bad", "bad:", (match, context) -> {
                    throw new IllegalStateException("no bean");
                }))
                .build();

        assertThat(failure(registry, Assignments.with().callable("bad:x"))).contains("no bean", "\"retryable\":true");
    }

    @Test
    void registryCanBeChangedAndTold() {
        var registry = HandlerRegistry.builder().handler("pay", PAY).build();
        registry.register("refund", PAY);
        registry.register("pay", context -> StepResult.success("other"));
        registry.serve(List.of(new HandlerKey("shop", "payments:a:b")));

        assertThat(registry.callables()).containsExactly("pay", "refund");
        assertThat(registry.size()).isEqualTo(2);
        assertThat(registry.isRegistered(HandlerKey.any("pay"))).isTrue();
        assertThat(registry.keys())
                .containsExactlyInAnyOrder(
                        HandlerKey.any("pay"), HandlerKey.any("refund"), new HandlerKey("shop", "payments:a:b"));
        assertThat(run(registry, Assignments.with().callable("pay"))).contains("other");
        assertThat(registry.unregister(HandlerKey.any("pay"))).isTrue();
        assertThat(registry.unregister(HandlerKey.any("pay"))).isFalse();
        registry.clear();
        assertThat(registry.keys()).isEmpty();
    }

    @Test
    void annotatedClassesOfAPackageAreFound() {
        var registry = HandlerRegistry.builder()
                .handler("sample.greet", PAY)
                .discover(SAMPLE)
                .build();

        assertThat(registry.callables()).containsExactly("sample.greet");
        assertThat(run(registry, Assignments.with().callable("sample.greet").context("{\"name\":\"Ada\"}")))
                .contains("Hello Ada");
    }

    @Test
    void whatContradictsItselfIsRefused() {
        assertThatThrownBy(() -> HandlerRegistry.builder().resolver(new Asked("x", 10, List.of(), PAY)))
                .hasMessage("resolver x: priority 10 (expected: 20 to 99)");
        assertThatThrownBy(() -> HandlerRegistry.builder()
                        .resolver(PAYMENTS)
                        .resolver(PAYMENTS)
                        .build())
                .hasMessage("resolver 'payments' is there twice");
        assertThatThrownBy(() -> HandlerRegistry.builder()
                        .handlerClass("text", StringBuilder.class)
                        .build())
                .isInstanceOf(BadHandlerException.class);
    }

    @Test
    void addressIsResolvedWithoutAStepToo() {
        var registry = HandlerRegistry.builder().resolver(PAYMENTS).build();
        JsonNode none = Json.MAPPER.readTree("{}");

        assertThat(registry.resolve(
                        new HandlerDefinition("payments:a:b", null, null, none),
                        new ResolutionContext(none, null, "shop"),
                        "step"))
                .isNotNull();
        assertThatThrownBy(() -> registry.resolve(
                        new HandlerDefinition("other", null, null, none),
                        new ResolutionContext(none, null, "shop"),
                        "step"))
                .isInstanceOf(HandlerNotFoundException.class);
    }

    private static String run(HandlerRegistry registry, Assignments assignment) {
        StepReport report = report(registry, assignment);
        assertThat(report.success()).as(report.document()).isTrue();
        return report.document();
    }

    private static String failure(HandlerRegistry registry, Assignments assignment) {
        StepReport report = report(registry, assignment);
        assertThat(report.success()).isFalse();
        if (Objects.equals(report.errorType(), "handler_not_found")) {
            assertThat(report.retryable()).isFalse();
        }
        return report.document();
    }

    private static StepReport report(HandlerRegistry registry, Assignments assignment) {
        try (var fixture = new WorkerFixture(registry, WorkerFixture.CONFIG)) {
            return fixture.run(assignment.build()).report();
        }
    }
}
