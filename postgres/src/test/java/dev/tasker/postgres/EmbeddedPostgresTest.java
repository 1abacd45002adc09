package dev.tasker.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedPostgresTest {
    @TempDir
    Path folder;

    @Test
    void firstStartServesConnections() throws Exception {
        try (var postgres = EmbeddedPostgres.start(EmbeddedPostgresConfig.of(folder.resolve("data")))) {
            try (var connection = postgres.dataSource("postgres").getConnection();
                    var result = connection.createStatement().executeQuery("SHOW server_version")) {
                assertThat(result.next()).isTrue();
                assertThat(result.getString(1)).startsWith("18.");
            }
        }
    }
}
