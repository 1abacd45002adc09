package dev.tasker.benchmarks;

import dev.tasker.engine.ActionOutcome;
import dev.tasker.engine.Cancellation;
import dev.tasker.engine.Creation;
import dev.tasker.engine.Engine;
import dev.tasker.engine.Migrations;
import dev.tasker.engine.TaskRequest;
import dev.tasker.postgres.EmbeddedPostgres;
import dev.tasker.postgres.EmbeddedPostgresConfig;
import dev.tasker.template.TaskTemplate;
import dev.tasker.template.TemplateParser;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;

/**
 * Cancels many waiting tasks of four steps at once while the linear scenario runs beside, and compares its rate with the rate before and
 * after: how long the cancellation takes, and what it takes from the others. Three rounds on one database.
 */
public final class CancelBench {
    private static final int ROUNDS = 3;
    private static final int WARM_UP_TASKS = 15_000;
    private static final long ALONE_MILLIS = 4_000;
    private static final String DOOMED = """
        name: doomed
        namespace_name: bench
        version: "1.0.0"
        identity_strategy: always_unique
        steps:
          - {name: one, handler: {callable: bench.nobody}}
          - {name: two, handler: {callable: bench.nobody}, dependencies: [one]}
          - {name: three, handler: {callable: bench.nobody}, dependencies: [two]}
          - {name: four, handler: {callable: bench.nobody}, dependencies: [three]}
        """;

    private final int tasks;
    private final int concurrency;
    private final int slots;

    /**
     * @param tasks cancelled in each round
     * @param concurrency linear tasks in flight
     * @param slots of their worker
     */
    public CancelBench(int tasks, int concurrency, int slots) {
        this.tasks = tasks;
        this.concurrency = concurrency;
        this.slots = slots;
    }

    /** Medians of the rounds; rates in linear tasks per second. */
    public record Report(int tasks, double cancelSeconds, double alone, double beside, double ratio) {

        /** One JSON object on one line. */
        public String json() {
            return String.format(
                    Locale.ROOT,
                    "{\"scenario\":\"cancel\",\"tasks\":%d,\"cancel_seconds\":%.3f,\"linear_alone_tasks_per_second\":%.0f,"
                        + "\"linear_beside_tasks_per_second\":%.0f,\"ratio\":%.3f}",
                    tasks,
                    cancelSeconds,
                    alone,
                    beside,
                    ratio);
        }
    }

    public Report run() throws Exception {
        try (EmbeddedPostgres postgres =
                EmbeddedPostgres.start(EmbeddedPostgresConfig.of(Files.createTempDirectory("tasker-bench"))
                        .withKeepData(false))) {
            postgres.createDatabase("bench");
            DataSource dataSource = postgres.dataSource("bench");
            new Migrations(dataSource).migrate();
            try (LinearLoad load = new LinearLoad(dataSource, concurrency, slots)) {
                return measured(load);
            }
        }
    }

    private Report measured(LinearLoad load) throws Exception {
        TaskTemplate doomed = TemplateParser.parse("doomed.yaml", DOOMED).template();
        load.engine().register(doomed);
        List<List<UUID>> rounds = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            rounds.add(created(load.engine(), doomed));
        }
        load.start();
        while (load.completed() < WARM_UP_TASKS) {
            load.rateFor(100);
        }
        double[] seconds = new double[ROUNDS];
        double[] alone = new double[ROUNDS];
        double[] beside = new double[ROUNDS];
        double[] ratios = new double[ROUNDS];
        double before = load.rateFor(ALONE_MILLIS);
        for (int round = 0; round < ROUNDS; round++) {
            long completed = load.completed();
            long start = System.nanoTime();
            Map<UUID, ActionOutcome> outcomes = load.engine()
                    .cancel(rounds.get(round), Cancellation.UNEXPLAINED)
                    .get(10, TimeUnit.MINUTES);
            seconds[round] = (System.nanoTime() - start) / 1e9;
            beside[round] = (load.completed() - completed) / seconds[round];
            requireDone(outcomes);
            double after = load.rateFor(ALONE_MILLIS);
            alone[round] = (before + after) / 2;
            ratios[round] = beside[round] / alone[round];
            before = after;
        }
        return new Report(tasks, median(seconds), median(alone), median(beside), median(ratios));
    }

    private void requireDone(Map<UUID, ActionOutcome> outcomes) {
        long done = outcomes.values().stream()
                .filter(ActionOutcome.Done.class::isInstance)
                .count();
        if (done != tasks) {
            throw new IllegalStateException("cancelled " + done + " tasks (expected: " + tasks + ")");
        }
    }

    private List<UUID> created(Engine engine, TaskTemplate template) {
        TaskRequest request =
                TaskRequest.of(template.namespace(), template.name(), template.version(), Scenario.context());
        List<UUID> uuids = new ArrayList<>(tasks);
        while (uuids.size() < tasks) {
            List<CompletableFuture<Creation>> some = new ArrayList<>();
            for (int i = uuids.size(); i < Math.min(tasks, uuids.size() + 1_000); i++) {
                some.add(engine.create(request));
            }
            some.forEach(creation -> uuids.add(creation.join().taskUuid()));
        }
        return uuids;
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
