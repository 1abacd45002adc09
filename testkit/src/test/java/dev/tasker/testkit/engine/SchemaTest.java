package dev.tasker.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.engine.Migration;
import dev.tasker.engine.Migrations;
import dev.tasker.testkit.DatabaseExtension;
import dev.tasker.testkit.SchemaDump;
import dev.tasker.testkit.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The migrations and what they make. */
@ExtendWith(DatabaseExtension.class)
class SchemaTest {
    private static final Path FILE = Path.of(
            System.getProperty("tasker.repository", ".."), "engine/src/main/resources/dev/tasker/engine/schema.sql");
    private static final String REWRITE = "mvn -q -B -pl testkit -am test -Dtest=SchemaTest"
            + " -Dsurefire.failIfNoSpecifiedTests=false -Dtasker.schema.write=true";

    @Test
    void schemaIsTheReviewedOne(TestDatabase database) throws Exception {
        String schema = SchemaDump.of(database.dataSource(), "tasker");
        if (Boolean.getBoolean("tasker.schema.write")) {
            Files.writeString(FILE, schema);
        }
        assertThat(schema)
                .as(
                        "the migrations made another schema than %s shows; if that is meant, rewrite it with\n  %s",
                        FILE, REWRITE)
                .isEqualTo(Files.readString(FILE));
    }

    @Test
    void migrationsFillAnEmptyDatabaseOnce(TestDatabase database) {
        String name = "empty_" + UUID.randomUUID().toString().replace("-", "");
        database.server().createDatabase(name);
        Migrations migrations = new Migrations(database.server().dataSource(name));
        assertThat(migrations.isCurrent()).isFalse();
        assertThat(migrations.status())
                .isNotEmpty()
                .allMatch(migration -> migration.state() == Migration.State.PENDING);
        int pending = migrations.status().size();
        assertThat(migrations.migrate()).isEqualTo(pending);
        assertThat(migrations.isCurrent()).isTrue();
        assertThat(migrations.migrate()).as("again").isZero();
        assertThat(migrations.status()).allMatch(migration -> migration.state() == Migration.State.APPLIED);
        assertThat(migrations.status()).extracting(Migration::version).contains("1");
        assertThat(SchemaDump.of(database.server().dataSource(name), "tasker"))
                .isEqualTo(SchemaDump.of(database.dataSource(), "tasker"));
    }

    @Test
    void migrationsRunByTwoNodesAtOnceAreAppliedOnce(TestDatabase database) throws Exception {
        String name = "both_" + UUID.randomUUID().toString().replace("-", "");
        database.server().createDatabase(name);
        int pending =
                new Migrations(database.server().dataSource(name)).status().size();
        try (var threads = java.util.concurrent.Executors.newVirtualThreadPerTaskExecutor()) {
            List<java.util.concurrent.Callable<Integer>> nodes = List.of(
                    () -> new Migrations(database.server().dataSource(name)).migrate(),
                    () -> new Migrations(database.server().dataSource(name)).migrate());
            int applied = 0;
            for (var node : threads.invokeAll(nodes)) {
                applied += node.get();
            }
            assertThat(applied).isEqualTo(pending);
        }
    }
}
