package dev.tasker.testkit.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tasker.engine.DispatchConfig;
import dev.tasker.engine.EngineConfig;
import dev.tasker.engine.EngineListener;
import dev.tasker.engine.MigrationException;
import dev.tasker.engine.Migrations;
import dev.tasker.testkit.DatabaseExtension;
import dev.tasker.testkit.TestDatabase;
import dev.tasker.testkit.TestNode;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;

/** The engine behind PgBouncer, which pools transactions: any two transactions of a client may meet two sessions, and share them with others. */
@ExtendWith(DatabaseExtension.class)
class ProxyTest {
    private static final EngineConfig LISTENING =
            TestNode.CONFIG.withDispatch(new DispatchConfig(true, Duration.ofMillis(50), 64, 64L << 20));

    private static final int SESSIONS = 3;
    private static final String LEVEL = "read committed";

    private final TestDatabase database;
    private Optional<PgBouncer> started = Optional.empty();

    @TempDir
    Path folder;

    ProxyTest(TestDatabase database) {
        this.database = database;
    }

    @BeforeEach
    void start() {
        Optional<Path> program = PgBouncer.program();
        assumeTrue(program.isPresent(), "no pgbouncer on the PATH (apt-get install pgbouncer)");
        started = Optional.of(PgBouncer.start(program.orElseThrow(), database.server(), folder, SESSIONS));
    }

    @AfterEach
    void stop() {
        started.ifPresent(PgBouncer::close);
    }

    @Test
    void poolGoesThroughTheProxyAndTheRestPastIt() {
        PGSimpleDataSource pool = proxied();
        try (TestNode node = TestNode.open(database, LISTENING, pool, database.dataSource(), EngineListener.NONE)) {
            new WholeWorkflow(database, node).run();
        }
    }

    @Test
    void everythingGoesThroughTheProxyWithoutListening() {
        PGSimpleDataSource all = proxied();
        try (TestNode node = TestNode.open(database, TestNode.CONFIG, all, all, EngineListener.NONE)) {
            new WholeWorkflow(database, node).run();
        }
    }

    /** Reads of a task are one snapshot; the level they ask for used to stay with the session, which others meet next. */
    @Test
    void readsLeaveNothingBehindInTheSessionsTheyBorrow() throws Exception {
        PGSimpleDataSource all = proxied();
        try (TestNode node = TestNode.open(database, TestNode.CONFIG, all, all, EngineListener.NONE)) {
            UUID task = node.create(node.template("one", "only"));
            List<Callable<String>> both = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                both.add(() -> node.engine().why(task).isPresent() ? LEVEL : "no answer");
                both.add(() -> sessionLevel(all));
            }
            Set<String> seen = new HashSet<>();
            try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
                for (Future<String> answer : threads.invokeAll(both)) {
                    seen.add(answer.get());
                }
            }
            assertThat(seen).containsExactly(LEVEL);
        }
    }

    @Test
    void migrationsRefuseTheProxy() {
        assertThatThrownBy(() -> new Migrations(proxied()).migrate())
                .isInstanceOfSatisfying(
                        MigrationException.class,
                        refusal -> assertThat(refusal.reason()).isEqualTo(MigrationException.Reason.PROXIED))
                .hasMessageContaining("listen_url");
        assertThat(new Migrations(proxied()).isCurrent())
                .as("a server may look")
                .isTrue();
    }

    @Test
    void proxyIsRecognised() throws Exception {
        try (Connection through = proxied().getConnection();
                Connection past = database.dataSource().getConnection()) {
            assertThat(Migrations.isProxied(through)).isTrue();
            assertThat(Migrations.isProxied(past)).isFalse();
        }
    }

    private PGSimpleDataSource proxied() {
        PGSimpleDataSource dataSource = started.orElseThrow().dataSource(database.name());
        dataSource.setPrepareThreshold(0); // what a server sets when it finds itself behind a proxy
        return dataSource;
    }

    private static String sessionLevel(PGSimpleDataSource dataSource) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SHOW default_transaction_isolation")) {
            row.next();
            return row.getString(1);
        }
    }
}
