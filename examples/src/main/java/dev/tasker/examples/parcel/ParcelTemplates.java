package dev.tasker.examples.parcel;

import dev.tasker.template.BackoffStrategy;
import dev.tasker.template.BatchConfig;
import dev.tasker.template.FailureStrategy;
import dev.tasker.template.TaskTemplate;
import dev.tasker.template.TemplateBuilder;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Two templates declared in Java. */
public final class ParcelTemplates {
    private ParcelTemplates() {}

    // guide: template
    /** Asks for a price and books the way that it decides. */
    public static TaskTemplate parcel() {
        return TemplateBuilder.template("parcels", "send_parcel", "1.0.0")
                .inputSchema(Map.of("type", "object", "required", List.of("grams", "country")))
                .step(
                        "quote",
                        "parcel.quote",
                        step -> step.maxAttempts(5)
                                .backoff(BackoffStrategy.EXPONENTIAL, Duration.ofMillis(200), Duration.ofSeconds(5))
                                .timeoutSeconds(10))
                .step(
                        "route",
                        "parcel.route",
                        step -> step.decision().dependsOn("quote").with("air_up_to", 20))
                .step("by_air", "parcel.book", step -> step.dependsOn("route"))
                .step("by_road", "parcel.book", step -> step.dependsOn("route"))
                .build();
    }
    // guide end

    /** Prints labels in batches and counts them. */
    public static TaskTemplate labels() {
        return TemplateBuilder.template("parcels", "print_labels", "1.0.0")
                .step(
                        "plan",
                        "labels.plan",
                        step -> step.batchable().with("batch_size", 100).with("worker_template_name", "print"))
                .step(
                        "print",
                        "labels.print",
                        step -> step.batchWorker(new BatchConfig(100, 4, "label", "print", FailureStrategy.FAIL_FAST))
                                .dependsOn("plan"))
                .step("count", "labels.count", step -> step.convergence().dependsOn("print"))
                .build();
    }
}
