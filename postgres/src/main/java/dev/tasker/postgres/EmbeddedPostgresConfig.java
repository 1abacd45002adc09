package dev.tasker.postgres;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Where an embedded PostgreSQL lives and how it is set up.
 *
 * @param dataDirectory folder for the database, its password, its lock and its log; made when missing
 * @param keepData whether closing leaves the data in place; otherwise closing deletes what this module put into the
 *     folder
 * @param port TCP port on 127.0.0.1; 0 takes the port used the last time in this folder, or else a free one
 * @param settings PostgreSQL settings that replace or add to {@link #DEFAULT_SETTINGS}, by name
 */
public record EmbeddedPostgresConfig(Path dataDirectory, boolean keepData, int port, Map<String, String> settings) {

    /** Name of the database superuser, the role that all connections use. */
    public static final String SUPERUSER = "tasker";

    /** Durable and sized for a laptop. WAL stays uncompressed, as the shipped binaries have pglz only, not lz4. */
    public static final Map<String, String> DEFAULT_SETTINGS = Map.ofEntries(
            Map.entry("fsync", "on"),
            Map.entry("synchronous_commit", "on"),
            Map.entry("full_page_writes", "on"),
            Map.entry("wal_compression", "off"),
            Map.entry("shared_buffers", "256MB"),
            Map.entry("max_connections", "100"),
            Map.entry("max_wal_size", "4GB"),
            Map.entry("checkpoint_timeout", "15min"),
            Map.entry("autovacuum_naptime", "10s"),
            Map.entry("random_page_cost", "1.1"),
            Map.entry("jit", "off"),
            Map.entry("timezone", "UTC"),
            Map.entry("log_timezone", "UTC"),
            Map.entry("lc_messages", "C"));

    private static final Pattern SETTING_NAME = Pattern.compile("[a-z_][a-z0-9_.]*");
    private static final Set<String> OURS = Set.of(
            "port",
            "listen_addresses",
            "unix_socket_directories",
            "data_directory",
            "hba_file",
            "ident_file",
            "config_file",
            "external_pid_file",
            "logging_collector");

    public EmbeddedPostgresConfig {
        dataDirectory = dataDirectory.toAbsolutePath().normalize();
        settings = Map.copyOf(settings);
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("port: " + port + " (expected: 0 to 65535)");
        }
        settings.forEach(EmbeddedPostgresConfig::check);
    }

    /** Data kept, a free port, default settings: what {@code tasker dev} wants. */
    public static EmbeddedPostgresConfig of(Path dataDirectory) {
        return new EmbeddedPostgresConfig(dataDirectory, true, 0, Map.of());
    }

    /** Data deleted on close, a free port, less memory; as durable as the default unless told otherwise. */
    public static EmbeddedPostgresConfig forTests(Path dataDirectory) {
        return new EmbeddedPostgresConfig(dataDirectory, false, 0, Map.of("shared_buffers", "64MB"));
    }

    public EmbeddedPostgresConfig withKeepData(boolean keepData) {
        return new EmbeddedPostgresConfig(dataDirectory, keepData, port, settings);
    }

    public EmbeddedPostgresConfig withPort(int port) {
        return new EmbeddedPostgresConfig(dataDirectory, keepData, port, settings);
    }

    /** This configuration with one more setting, or another value for it. */
    public EmbeddedPostgresConfig withSetting(String name, String value) {
        var extended = new TreeMap<>(settings);
        extended.put(name, value);
        return new EmbeddedPostgresConfig(dataDirectory, keepData, port, extended);
    }

    /** The settings in force, in alphabetical order. */
    TreeMap<String, String> effectiveSettings() {
        var effective = new TreeMap<>(DEFAULT_SETTINGS);
        effective.putAll(settings);
        return effective;
    }

    private static void check(String name, String value) {
        if (!SETTING_NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "settings: name '" + name + "' (expected: lower-case letters, digits, '_' and '.')");
        }
        if (OURS.contains(name)) {
            throw new IllegalArgumentException(
                    "settings." + name + ": " + value + " (expected: absent, the embedded PostgreSQL sets it itself)");
        }
        if (value.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("settings." + name + ": has a control character (expected: one line)");
        }
    }
}
