package dev.tasker.benchmarks;

import dev.tasker.engine.Migrations;
import dev.tasker.postgres.EmbeddedPostgres;
import dev.tasker.postgres.EmbeddedPostgresConfig;
import dev.tasker.server.TaskerServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;

/** Measures the first page of task lists with their totals over HTTP, one request after the other, on a database full of tasks. */
public final class ApiListBench {
    private static final int ROUNDS = 1_000;
    private static final int WARM_UP = 500;
    private static final int UNFINISHED_PART = 6;

    private final FullDatabase database;

    /** A benchmark on so many tasks, a sixth of them unfinished. */
    public ApiListBench(int tasks) {
        int unfinished = tasks / UNFINISHED_PART;
        this.database = new FullDatabase(unfinished, tasks - unfinished);
    }

    /** All lists by the words for what they show. */
    public record Report(int tasks, Map<String, Latency> lists) {

        /** One JSON object on one line. */
        public String json() {
            StringJoiner words = new StringJoiner(",");
            lists.forEach(
                    (name, latency) -> words.add(String.format(Locale.ROOT, "\"%s_ms\":%s", name, latency.json())));
            return "{\"scenario\":\"api-list\",\"tasks\":" + tasks + "," + words + "}";
        }
    }

    public Report run() throws Exception {
        try (EmbeddedPostgres postgres =
                EmbeddedPostgres.start(EmbeddedPostgresConfig.of(Files.createTempDirectory("tasker-bench"))
                        .withKeepData(false))) {
            postgres.createDatabase("lists");
            new Migrations(postgres.dataSource("lists")).migrate();
            try (TaskerServer server = TaskerServer.start(BenchStack.config(postgres, "lists"))) {
                database.fill(server.engine(), postgres.dataSource("lists"));
                return measure(server.restUrl().orElseThrow());
            }
        }
    }

    private Report measure(URI url) throws IOException {
        Map<String, Latency> lists = new LinkedHashMap<>();
        try (HttpLoad http = HttpLoad.open(new InetSocketAddress(url.getHost(), url.getPort()), 1)) {
            lists.put("all", pages(http, "", database.total()));
            lists.put("state", pages(http, "?state=steps_in_process", database.unfinished()));
            lists.put("rare_state", pages(http, "?state=cancelled", database.cancelled()));
            lists.put("namespace", pages(http, "?namespace=" + FullDatabase.NAMESPACE, database.inNamespace()));
        }
        return new Report(database.total(), lists);
    }

    private static Latency pages(HttpLoad http, String query, int total) throws IOException {
        byte[] request = HttpLoad.request("GET", "/v1/tasks" + query, List.of(), "");
        http.run(WARM_UP, _ -> request, page -> requireTotal(page, total));
        return Latency.of(http.run(ROUNDS, _ -> request, page -> requireTotal(page, total))
                .latency());
    }

    private static void requireTotal(byte[] page, int total) {
        String text = new String(page, StandardCharsets.UTF_8);
        if (!text.contains("\"total_count\":" + total + ",")) {
            throw new IllegalStateException(
                    text.substring(text.indexOf("\"pagination\"")) + " (expected: a total of " + total + ")");
        }
    }
}
