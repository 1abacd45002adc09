package dev.tasker.benchmarks;

import dev.tasker.engine.Migrations;
import dev.tasker.postgres.EmbeddedPostgres;
import dev.tasker.postgres.EmbeddedPostgresConfig;
import dev.tasker.server.TaskerServer;
import dev.tasker.server.config.AuthConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * Measures the public API over HTTP, no worker beside it: how many linear tasks of four steps can be created a second, how long a creation
 * takes at {@value #PACE} a second, and how often a task can be read. Secured, a second server of the same kind that looks at credentials
 * takes turns with it, once with an API key and once with a signed token.
 */
public final class ApiBench {
    static final int CONNECTIONS = 64;
    static final int PACE = 1_500;
    private static final int ROUNDS = 5;

    private final int tasks;
    private final boolean secure;

    /**
     * A benchmark of so many creations as fast as they are taken; half as many at the pace, twice as many reads.
     *
     * @param secure whether callers that show something are compared to those who need not
     */
    public ApiBench(int tasks, boolean secure) {
        this.tasks = tasks;
        this.secure = secure;
    }

    /**
     * How callers of one kind fare, per second; medians of five rounds in turn.
     *
     * @param caller {@code open}, {@code api_key} or {@code token}, for what they show
     */
    public record Reading(String caller, double creations, double reads) {}

    /**
     * All figures.
     *
     * @param paced how long creations take at {@value #PACE} a second
     * @param saturated how long they take at the rate of the first reading
     * @param readings the first one of those who show nothing
     */
    public record Report(int tasks, Latency paced, Latency saturated, List<Reading> readings) {

        /** One JSON object on one line; ratios are to the first reading. */
        public String json() {
            Reading open = readings.getFirst();
            StringJoiner callers = new StringJoiner(",");
            for (Reading reading : readings) {
                callers.add(String.format(
                        Locale.ROOT,
                        "\"%s\":{\"creations_per_s\":%.0f,\"reads_per_s\":%.0f,\"creation_ratio\":%.3f,\"read_ratio\":%.3f}",
                        reading.caller(),
                        reading.creations(),
                        reading.reads(),
                        reading.creations() / open.creations(),
                        reading.reads() / open.reads()));
            }
            return String.format(
                    Locale.ROOT,
                    "{\"scenario\":\"api\",\"tasks\":%d,\"connections\":%d,\"paced_per_s\":%d,\"paced_ms\":%s,\"saturated_ms\":%s,%s}",
                    tasks,
                    CONNECTIONS,
                    PACE,
                    paced.json(),
                    saturated.json(),
                    callers);
        }
    }

    public Report run() throws Exception {
        try (EmbeddedPostgres postgres =
                EmbeddedPostgres.start(EmbeddedPostgresConfig.of(Files.createTempDirectory("tasker-bench"))
                        .withKeepData(false))) {
            return secure ? secured(postgres) : open(postgres);
        }
    }

    private Report open(EmbeddedPostgres postgres) throws Exception {
        try (TaskerServer server = server(postgres, "open", AuthConfig.DISABLED);
                ApiCaller caller = new ApiCaller("open", server, CONNECTIONS, List.of())) {
            return measure(List.of(caller));
        }
    }

    private Report secured(EmbeddedPostgres postgres) throws Exception {
        BenchCredentials credentials = BenchCredentials.make(Files.createTempDirectory("tasker-bench-keys"));
        List<String> key = List.of("X-API-Key: " + BenchCredentials.API_KEY);
        List<String> token = List.of("Authorization: Bearer " + Files.readString(credentials.token()));
        try (TaskerServer open = server(postgres, "open", AuthConfig.DISABLED);
                TaskerServer secured = server(postgres, "secured", credentials.auth());
                ApiCaller first = new ApiCaller("open", open, CONNECTIONS, List.of());
                ApiCaller second = new ApiCaller("api_key", secured, CONNECTIONS, key);
                ApiCaller third = new ApiCaller("token", secured, CONNECTIONS, token)) {
            return measure(List.of(first, second, third));
        }
    }

    private static TaskerServer server(EmbeddedPostgres postgres, String database, AuthConfig auth) throws Exception {
        postgres.createDatabase(database);
        new Migrations(postgres.dataSource(database)).migrate();
        TaskerServer server =
                TaskerServer.start(BenchStack.config(postgres, database).withAuth(auth));
        server.engine().register(Scenario.LINEAR.template(1));
        return server;
    }

    private Report measure(List<ApiCaller> callers) throws IOException {
        ApiCaller first = callers.getFirst();
        for (ApiCaller caller : callers) { // the compiler settles
            caller.create(Math.max(1, tasks / 2));
            caller.read(tasks);
        }
        HttpLoad.Result paced = first.createPaced(Math.max(1, tasks / 2), PACE);
        Histogram saturated = new Histogram(TimeUnit.MINUTES.toNanos(5), 3);
        List<Reading> rounds = new ArrayList<>();
        int share = Math.max(1, tasks / ROUNDS);
        for (int round = 0; round < ROUNDS; round++) {
            for (ApiCaller caller : callers) {
                HttpLoad.Result created = caller.create(share);
                if (caller == first) {
                    saturated.add(created.latency());
                }
                double reads = caller.read(2 * share).perSecond();
                rounds.add(new Reading(caller.name(), created.perSecond(), reads));
            }
        }
        return new Report(
                tasks,
                Latency.of(paced.latency()),
                Latency.of(saturated),
                callers.stream().map(caller -> median(caller.name(), rounds)).toList());
    }

    private static Reading median(String caller, List<Reading> rounds) {
        List<Reading> own =
                rounds.stream().filter(round -> round.caller().equals(caller)).toList();
        return new Reading(
                caller,
                ApiCaller.median(own.stream().map(Reading::creations).toList()),
                ApiCaller.median(own.stream().map(Reading::reads).toList()));
    }
}
