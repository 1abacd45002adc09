package dev.tasker.testkit;

import dev.tasker.engine.Migrations;
import dev.tasker.postgres.EmbeddedPostgres;
import dev.tasker.postgres.EmbeddedPostgresConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives a test class a {@link TestDatabase}: a clone of a database that is migrated once per JVM. After every test the auditor recounts it
 * and fails the test when something does not agree.
 */
public final class DatabaseExtension implements ParameterResolver, AfterEachCallback {
    private static final Namespace NAMESPACE = Namespace.create(DatabaseExtension.class);
    private static final String MIGRATED = "tasker_migrated";

    /** The server of this JVM, stopped when all tests have run. */
    private static final class Server implements AutoCloseable {
        private final EmbeddedPostgres postgres;
        private final AtomicInteger clones = new AtomicInteger();

        private Server() {
            try {
                postgres = EmbeddedPostgres.start(
                        EmbeddedPostgresConfig.forTests(Files.createTempDirectory("tasker-test")));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            postgres.createDatabase(MIGRATED);
            new Migrations(postgres.dataSource(MIGRATED)).migrate();
            // what every engine would create at its start, once for all clones
            new TestDatabase(postgres, MIGRATED).query("SELECT tasker.create_periods('month', 2)");
        }

        private synchronized TestDatabase newDatabase() {
            String name = "test_" + clones.incrementAndGet();
            postgres.createDatabase(name, MIGRATED);
            return new TestDatabase(postgres, name);
        }

        @Override
        public void close() {
            postgres.close();
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == TestDatabase.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return database(context);
    }

    /** The database of the test class, for other extensions. */
    public static TestDatabase database(ExtensionContext context) {
        Server server =
                context.getRoot().getStore(NAMESPACE).computeIfAbsent(Server.class, _ -> new Server(), Server.class);
        ExtensionContext ofClass = context;
        while (ofClass.getParent().isPresent()
                && ofClass.getParent().get().getTestClass().isPresent()) {
            ofClass = ofClass.getParent().get();
        }
        return ofClass.getStore(NAMESPACE)
                .computeIfAbsent(TestDatabase.class, _ -> server.newDatabase(), TestDatabase.class);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        List<TestDatabase.Finding> findings = database(context).audit();
        if (!findings.isEmpty() && context.getExecutionException().isEmpty()) {
            throw new AssertionError(
                    "the auditor found " + findings.size() + " faults, the first: " + findings.getFirst());
        }
    }
}
