package dev.tasker.cli.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tasker.cli.fault.Cluster.Node;
import dev.tasker.server.config.Environment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a server with a connected worker asks of its database while there is nothing to do, as PostgreSQL logs it. */
@Timeout(120)
class IdleCostTest {
    private static final Duration SETTLING = Duration.ofSeconds(3);
    /** Not less: what is done once in a while, such as a sweep, may fall into it. */
    private static final Duration WINDOW = Duration.ofMinutes(1);

    private static final int STATEMENTS_MAX = 12;
    private static final Pattern STATEMENT = Pattern.compile("LOG:  (statement: .|execute )");

    @TempDir
    Path folder;

    @Test
    void idleServerWithAWorkerHardlyAsksItsDatabase() throws Exception {
        try (Cluster cluster = Cluster.start(folder)) {
            Node server = cluster.server("server", Environment.DEVELOPMENT);
            cluster.worker("worker", server);
            logStatements(cluster);

            pass(SETTLING);
            int before = statements(cluster).size();
            pass(WINDOW);
            List<String> logged = statements(cluster);
            List<String> asked = logged.subList(before, logged.size());

            Measurements.note(
                    "idle server with one worker: " + asked.size() + " statements in " + WINDOW.toSeconds() + " s");
            assertThat(logged).as("statements are logged").isNotEmpty();
            assertThat(asked).hasSizeLessThanOrEqualTo(STATEMENTS_MAX);
            assertThat(cluster.auditor().findings()).isEmpty();
        }
    }

    private static void logStatements(Cluster cluster) throws SQLException {
        try (Connection connection =
                        DriverManager.getConnection(cluster.postgres().jdbcUrl("tasker"));
                Statement statement = connection.createStatement()) {
            statement.execute("ALTER SYSTEM SET log_statement = 'all'");
            statement.execute("SELECT pg_reload_conf()");
        }
    }

    /** Both protocols: "statement: …" and "execute name: …". Not the empty statements by which the pool tries a connection that rested. */
    private static List<String> statements(Cluster cluster) throws IOException {
        return Files.readAllLines(cluster.postgres().logFile()).stream()
                .filter(line -> STATEMENT.matcher(line).find())
                .toList();
    }

    private static void pass(Duration time) {
        await().pollDelay(time).atMost(time.multipliedBy(2)).until(() -> true);
    }
}
