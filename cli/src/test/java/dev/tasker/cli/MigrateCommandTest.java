package dev.tasker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.postgres.EmbeddedPostgres;
import dev.tasker.postgres.EmbeddedPostgresConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MigrateCommandTest {
    @TempDir
    Path folder;

    @Test
    void emptyDatabaseIsMigratedOnce() throws IOException {
        try (EmbeddedPostgres postgres =
                EmbeddedPostgres.start(EmbeddedPostgresConfig.forTests(folder.resolve("pg")))) {
            postgres.createDatabase("orders");
            String database = "127.0.0.1:" + postgres.port() + "/orders";
            Path config = Files.writeString(
                    folder.resolve("tasker.toml"), """
                        [common.database]
                        url = "postgresql://%s:%s@%s"
                        """.formatted(postgres.user(), postgres.password(), database));

            Execution before = Execution.of("migrate", "--status", "--config", config.toString());
            Execution first = Execution.of("migrate", "--config", config.toString());
            Execution second = Execution.of("migrate", "--config", config.toString());
            Execution after = Execution.of("migrate", "--status", "--config", config.toString());

            assertThat(before.exitCode()).as(before.err()).isZero();
            assertThat(before.out()).startsWith("Pending");
            assertThat(first.exitCode()).as(first.err()).isZero();
            assertThat(first.out()).matches("Applied [1-9]\\d* migrations to jdbc:postgresql://" + database + "\\.\n");
            assertThat(second.out()).startsWith("Applied 0 migrations to ");
            assertThat(after.out()).isNotBlank().doesNotContain("Pending");
        }
    }

    @Test
    void embeddedDatabaseNeedsNoMigration() throws IOException {
        Path config = Files.writeString(folder.resolve("tasker.toml"), "");

        Execution migrate = Execution.of("migrate", "--config", config.toString());

        assertThat(migrate.exitCode()).isEqualTo(1);
        assertThat(migrate.err())
                .isEqualTo("tasker: No database is configured: set DATABASE_URL or common.database.url"
                        + " (an embedded PostgreSQL migrates itself).\n");
    }
}
