package dev.tasker.server.config;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where the state is ({@code [common.database]}).
 *
 * @param url null: an embedded PostgreSQL in {@code dataDirectory}
 * @param listenUrl the same database past any transaction-pooling proxy, null: {@code url} is direct
 * @param dataDirectory folder of the embedded PostgreSQL
 * @param keepData whether the embedded PostgreSQL leaves its data behind
 */
public record DatabaseConfig(
        @Nullable DatabaseUrl url,
        @Nullable DatabaseUrl listenUrl,
        PoolConfig pool,
        Path dataDirectory,
        boolean keepData) {

    /** The database server is somebody else's, so its schema is too: it is verified, not migrated, at start. */
    public boolean isExternal() {
        return url != null;
    }

    static DatabaseConfig from(Settings settings, Path defaultDataDirectory) {
        DatabaseUrl url = settings.secret("common.database.url", DatabaseUrl::parse);
        DatabaseUrl listenUrl = settings.secret("common.database.listen_url", DatabaseUrl::parse);
        if (url == null && listenUrl != null) {
            settings.violation("common.database.listen_url", "***", "absent, or common.database.url beside it");
        }
        Path directory = settings.parsed(
                "common.database.data_directory", defaultDataDirectory.toString(), Path::of, defaultDataDirectory);
        return new DatabaseConfig(url, listenUrl, PoolConfig.from(settings), directory, true);
    }
}
