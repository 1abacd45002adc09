package dev.tasker.examples.parcel;

import dev.tasker.worker.Decision;
import dev.tasker.worker.HandlerRegistry;
import dev.tasker.worker.NotFoundStepException;
import dev.tasker.worker.StepContext;
import dev.tasker.worker.StepResult;
import dev.tasker.worker.annotated.BatchResults;
import dev.tasker.worker.annotated.Config;
import dev.tasker.worker.annotated.DependsOn;
import dev.tasker.worker.annotated.Handles;
import dev.tasker.worker.annotated.Input;
import dev.tasker.worker.annotated.Inputs;
import dev.tasker.worker.api.ApiClient;
import dev.tasker.worker.api.ApiResponse;
import dev.tasker.worker.batch.BatchAggregator;
import dev.tasker.worker.batch.BatchInputs;
import dev.tasker.worker.batch.BatchPlan;
import dev.tasker.worker.batch.BatchScenario;
import dev.tasker.worker.batch.BatchWork;
import java.math.BigDecimal;
import java.util.Map;

/** The steps of both templates of {@link ParcelTemplates}. */
public final class ParcelHandlers {
    private static final int LABELS_PER_CHECKPOINT = 50;

    private ParcelHandlers() {}

    /** A parcel as it is asked about. */
    record Parcel(int grams, String country) {}

    /** What the carrier would take. */
    record Quote(BigDecimal price, int days) {}

    // guide: register
    /**
     * The handlers by callable.
     *
     * @param carrier whose prices are asked for
     */
    public static HandlerRegistry registry(ApiClient carrier) {
        return HandlerRegistry.builder()
                .provide(ApiClient.class, carrier)
                .annotated(new ParcelHandlers())
                .build();
    }
    // guide end

    // guide: api
    @Handles("parcel.quote")
    Quote quote(@Inputs Parcel parcel, ApiClient carrier) throws InterruptedException {
        ApiResponse response = carrier.get("/quotes", Map.of("grams", parcel.grams(), "country", parcel.country()));
        if (response.statusCode() == 404) {
            throw new NotFoundStepException("no carrier goes to " + parcel.country());
        }
        return response.orThrow().body(Quote.class);
    }
    // guide end

    // guide: decision
    @Handles("parcel.route")
    Decision route(@DependsOn("quote") Quote quote, @Config(value = "air_up_to", orElse = "20") BigDecimal airUpTo) {
        if (quote.price().signum() == 0) {
            return Decision.skip("the carrier does not charge");
        }
        String branch = quote.price().compareTo(airUpTo) <= 0 ? "by_air" : "by_road";
        return Decision.route(branch).with("price", quote.price());
    }
    // guide end

    @Handles("parcel.book")
    Map<String, Object> book(@DependsOn("quote") Quote quote, StepContext step) {
        return Map.of("booking", step.step().name() + "-" + step.taskUuid(), "days", quote.days());
    }

    // guide: analyzer
    @Handles("labels.plan")
    BatchPlan plan(@Input("labels") long labels, @Config("batch_size") long batchSize) {
        return BatchPlan.bySize(labels, batchSize).with("paper", "A6");
    }
    // guide end

    // guide: worker
    @Handles("labels.print")
    Object print(BatchInputs batch, StepContext step) {
        long from = step.hasCheckpoint() ? step.checkpointItemsProcessed() : 0;
        long to = Math.min(from + LABELS_PER_CHECKPOINT, batch.batchSize());
        // a real handler prints labels startNumber() + from to startNumber() + to here
        return to < batch.batchSize()
                ? StepResult.checkpointYield(batch.startNumber() + to, to, null)
                : BatchWork.allOf(batch.batchSize()).lastCursor(batch.endNumber());
    }
    // guide end

    // guide: aggregator
    @Handles("labels.count")
    StepResult count(@BatchResults(of = "plan", workers = "print_") BatchScenario scenario) {
        return BatchAggregator.totals(scenario);
    }
    // guide end
}
