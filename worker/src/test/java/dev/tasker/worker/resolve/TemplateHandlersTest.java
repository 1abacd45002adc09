package dev.tasker.worker.resolve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tasker.template.TaskTemplate;
import dev.tasker.worker.BadHandlerException;
import dev.tasker.worker.HandlerKey;
import dev.tasker.worker.HandlerRegistry;
import dev.tasker.worker.StepResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What templates ask of the handlers of a worker that is to serve them (04 §5.10). */
class TemplateHandlersTest {
    @TempDir
    Path folder = Path.of("");

    @BeforeEach
    void templates() throws IOException {
        Files.writeString(folder.resolve("shop.yaml"), """
            name: order
            namespace_name: shop
            version: 1.0.0
            steps:
              - name: validate
                handler: {callable: shop.validate}
              - name: pay
                handler: {callable: "payments:stripe:charge"}
                dependencies: [validate]
              - name: ship
                handler: {callable: unknown.ship}
                dependencies: [pay]
            """);
        Files.writeString(folder.resolve("refund.yaml"), """
            name: refund
            namespace_name: shop
            version: 1.0.0
            steps:
              - name: refund
                handler: {callable: Refund, method: partial}
              - name: refund_all
                handler: {callable: Refund, method: everything}
              - name: hinted
                handler: {callable: shop.validate, resolver: nobody}
            """);
        Files.writeString(folder.resolve("good.yml"), """
            name: good
            namespace_name: bank
            version: 1.0.0
            steps:
              - name: validate
                handler: {callable: shop.validate}
            """);
        Files.writeString(folder.resolve("broken.yaml"), "name: [");
    }

    private static HandlerRegistry registry() {
        return HandlerRegistry.builder()
                .handler("shop.validate", context -> StepResult.success())
                .resolver(PatternResolver.ofPrefix(
                        "payments", "payments:", (match, context) -> step -> StepResult.success()))
                .classLookup("dev.tasker.worker.sample")
                .build();
    }

    @Test
    void everyStepThatNothingRunsIsReportedWithItsReason() {
        TemplateHandlers handlers = TemplateHandlers.in(folder, registry());

        assertThat(handlers.unresolved())
                .extracting(TemplateHandlers.Unresolved::toString)
                .satisfiesExactlyInAnyOrder(
                        problem -> assertThat(problem)
                                .startsWith("shop/order/1.0.0, step ship: Handler not found: unknown.ship (tried:"),
                        problem -> assertThat(problem)
                                .startsWith(
                                        "shop/refund/1.0.0, step refund_all: method 'everything' of handler Refund"),
                        problem -> assertThat(problem)
                                .contains("shop/refund/1.0.0, step hinted: ", "resolver: 'nobody' does not exist"));
        assertThat(handlers.complete()).extracting(TaskTemplate::key).containsExactly("bank/good/1.0.0");
    }

    @Test
    void workerTakesTheStepsThatResolversCanRun() {
        HandlerRegistry registry = registry();
        // guide: serve
        TemplateHandlers.in(folder, registry).serve(registry, false);
        // guide end

        assertThat(registry.keys())
                .containsExactlyInAnyOrder(
                        HandlerKey.any("shop.validate"),
                        new HandlerKey("shop", "payments:stripe:charge"),
                        new HandlerKey("shop", "Refund"));
    }

    @Test
    void stepWithoutAHandlerStopsAStrictWorker() {
        HandlerRegistry registry = registry();

        assertThatThrownBy(() -> TemplateHandlers.in(folder, registry).serve(registry, true))
                .isInstanceOf(BadHandlerException.class)
                .hasMessageContaining("steps without a handler: ")
                .hasMessageContaining("unknown.ship");
        assertThat(TemplateHandlers.strictByDefault("production")).isTrue();
        assertThat(TemplateHandlers.strictByDefault("test")).isFalse();
    }
}
