package dev.tasker.engine;

import java.util.Arrays;
import java.util.List;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfo;
import org.jspecify.annotations.Nullable;

/** The schema's migrations: forward only, applied by an explicit step (02 §9.2). Safe to run on several nodes at once. */
public final class Migrations {
    private final Flyway flyway;

    /** Migrations of the schema {@code tasker} in the database of {@code dataSource}, which must be a direct connection. */
    public Migrations(DataSource dataSource) {
        this.flyway = Flyway.configure(Migrations.class.getClassLoader())
                .dataSource(dataSource)
                .schemas("tasker")
                .defaultSchema("tasker")
                .createSchemas(true)
                .table("schema_history")
                .locations("classpath:dev/tasker/engine/migrations")
                .load();
    }

    /** One migration and where it stands. */
    public record Status(@Nullable String version, String description, String state) {}

    /** Applies what is pending and returns how many that were. */
    public int migrate() {
        return flyway.migrate().migrationsExecuted;
    }

    /** All known migrations in order. */
    public List<Status> status() {
        return Arrays.stream(flyway.info().all()).map(Migrations::status).toList();
    }

    /** Whether nothing is pending. */
    public boolean isCurrent() {
        return flyway.info().pending().length == 0;
    }

    private static Status status(MigrationInfo info) {
        String version = info.getVersion() == null ? null : info.getVersion().getVersion();
        return new Status(version, info.getDescription(), info.getState().getDisplayName());
    }
}
