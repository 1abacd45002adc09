package dev.tasker.benchmarks;

import com.zaxxer.hikari.HikariDataSource;
import dev.tasker.engine.Engine;
import dev.tasker.engine.EngineConfig;
import dev.tasker.engine.EngineListener;
import dev.tasker.engine.Migrations;
import dev.tasker.engine.TaskFilter;
import dev.tasker.engine.TaskPage;
import dev.tasker.engine.TaskState;
import dev.tasker.postgres.EmbeddedPostgres;
import dev.tasker.postgres.EmbeddedPostgresConfig;
import java.nio.file.Files;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.StringJoiner;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Measures pages of task lists, and health counts, on a database full of tasks: the older ones finished, one in a thousand of them cancelled,
 * the newest unfinished.
 */
public final class ListBench {
    private static final int ROUNDS = 300;
    private static final int WARM_UP = 50;
    private static final int PAGE = 25;

    private final int unfinished;
    private final int finished;

    public ListBench(int unfinished, int finished) {
        this.unfinished = unfinished;
        this.finished = finished;
    }

    /** One kind of read, in milliseconds. */
    public record Reading(String name, double p50, double p99) {}

    /** All kinds of reads. */
    public record Report(int unfinished, int finished, List<Reading> readings) {

        /** One JSON object on one line. */
        public String json() {
            StringJoiner words = new StringJoiner(",");
            for (Reading reading : readings) {
                words.add(String.format(
                        Locale.ROOT,
                        "\"%s\":{\"p50_ms\":%.3f,\"p99_ms\":%.3f}",
                        reading.name(),
                        reading.p50(),
                        reading.p99()));
            }
            return "{\"scenario\":\"lists\",\"unfinished\":" + unfinished + ",\"finished\":" + finished + "," + words
                    + "}";
        }
    }

    public Report run() throws Exception {
        try (EmbeddedPostgres postgres =
                EmbeddedPostgres.start(EmbeddedPostgresConfig.of(Files.createTempDirectory("tasker-bench"))
                        .withKeepData(false))) {
            postgres.createDatabase("lists");
            DataSource dataSource = postgres.dataSource("lists");
            new Migrations(dataSource).migrate();
            try (HikariDataSource pool = BenchPool.of(dataSource);
                    Engine engine = Engine.open(pool, dataSource, EngineConfig.DEFAULT, EngineListener.NONE)) {
                new FullDatabase(unfinished, finished).fill(engine, dataSource);
                return new Report(unfinished, finished, measure(engine));
            }
        }
    }

    private List<Reading> measure(Engine engine) {
        TaskFilter running = TaskFilter.ALL.withStates(Set.of(TaskState.STEPS_IN_PROCESS));
        TaskFilter requested = running.withRequest(TaskFilter.Requested.by("x", null, List.of()));
        UUID deep = deepCursor(engine, running);
        return List.of(
                reading("state", () -> list(engine, running, null, unfinished)),
                reading(
                        "rare_state",
                        () -> list(
                                engine, TaskFilter.ALL.withStates(Set.of(TaskState.CANCELLED)), null, finished / 1000)),
                reading(
                        "complete",
                        () -> list(
                                engine,
                                TaskFilter.ALL.withStates(Set.of(TaskState.COMPLETE)),
                                null,
                                finished - finished / 1000)),
                reading("all", () -> list(engine, TaskFilter.ALL, null, unfinished + finished)),
                reading("cursor", () -> list(engine, running, deep, unfinished)),
                reading("initiator", () -> engine.tasks(requested, TaskPage.Request.first(PAGE))),
                reading("health", () -> engine.analytics().health()));
    }

    private static UUID deepCursor(Engine engine, TaskFilter filter) {
        TaskPage page = engine.tasks(filter, TaskPage.Request.behind(5_000, PAGE));
        return page.tasks().isEmpty()
                ? engine.tasks(filter, TaskPage.Request.first(1))
                        .tasks()
                        .getFirst()
                        .taskUuid()
                : page.tasks().getLast().taskUuid();
    }

    private static void list(Engine engine, TaskFilter filter, @Nullable UUID after, long total) {
        TaskPage page = engine.tasks(filter, TaskPage.Request.after(after, PAGE));
        if (page.total().orElse(-1) != total) {
            throw new IllegalStateException("total " + page.total() + " (expected: " + total + ")");
        }
    }

    private static Reading reading(String name, Runnable read) {
        Histogram latency = new Histogram(TimeUnit.MINUTES.toNanos(5), 3);
        for (int i = 0; i < ROUNDS + WARM_UP; i++) {
            long start = System.nanoTime();
            read.run();
            if (i >= WARM_UP) {
                latency.recordValue(System.nanoTime() - start);
            }
        }
        return new Reading(name, latency.getValueAtPercentile(50) / 1e6, latency.getValueAtPercentile(99) / 1e6);
    }
}
