package dev.tasker.postgres;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The files of one embedded PostgreSQL: {@code pgdata} (the database cluster with its password and our settings), the
 * lock, the port used last, and the log.
 */
record DataFolder(Path root) {
    private static final Duration INITDB_MAX = Duration.ofMinutes(5);
    private static final long LOG_BYTES_MAX = 10 * 1024 * 1024;
    private static final int LOG_TAIL_BYTES = 2_000;
    private static final int PASSWORD_BYTES = 24;
    private static final String LOCK_FILE = "lock";
    private static final String UNFINISHED = "pgdata.unfinished";
    private static final String SETTINGS_FILE = "tasker.conf";
    private static final String SHELL_SPECIAL = "\"$`\\\n";

    /** Makes the folder, unless it holds something that is not ours. */
    static DataFolder open(Path root) throws IOException {
        if (root.toString().chars().anyMatch(c -> SHELL_SPECIAL.indexOf(c) >= 0)) {
            throw new EmbeddedPostgresException("data directory " + root
                    + ": has one of \" $ ` \\ or a line break in its name (expected: none of them)");
        }
        if (Files.exists(root.resolve("PG_VERSION"))) {
            throw new EmbeddedPostgresException("data directory " + root
                    + ": is the inside of a PostgreSQL server's data (expected: an empty folder or one made by"
                    + " Tasker)");
        }
        if (!Files.isDirectory(root)) {
            Files.createDirectories(
                    root, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
        return new DataFolder(root);
    }

    Path pgdata() {
        return root.resolve("pgdata");
    }

    FolderLock lock() throws IOException {
        return FolderLock.acquire(root, LOCK_FILE);
    }

    Path log() {
        return root.resolve("postgres.log");
    }

    Path passwordFile() {
        return pgdata().resolve("tasker-password");
    }

    String password() throws IOException {
        return Files.readString(passwordFile()).strip();
    }

    /**
     * Makes the database cluster unless it is there. The work is done beside it and renamed, so that a run killed
     * half-way leaves nothing that looks like one.
     */
    void initialise(PostgresBinaries binaries, Launcher launcher, boolean durable) throws IOException {
        if (Files.exists(pgdata())) {
            checkVersion(binaries.majorVersion());
            launcher.own(root);
            return;
        }
        Path unfinished = root.resolve(UNFINISHED);
        Path newPassword = root.resolve("password.unfinished");
        FileTree.delete(unfinished);
        Files.deleteIfExists(newPassword);
        Files.createFile(
                newPassword, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(newPassword, randomPassword() + "\n");
        launcher.own(root);
        launcher.own(newPassword);
        Launcher.Outcome made = launcher.run(INITDB_MAX, initdb(binaries, unfinished, newPassword, durable));
        if (!made.succeeded()) {
            throw new EmbeddedPostgresException("data directory " + root + ": initdb failed: " + made.output());
        }
        Files.writeString(
                unfinished.resolve("postgresql.conf"),
                "\ninclude_if_exists = '" + SETTINGS_FILE + "'   # written by Tasker at every start\n",
                StandardOpenOption.APPEND);
        Files.move(newPassword, unfinished.resolve(passwordFile().getFileName()), StandardCopyOption.ATOMIC_MOVE);
        Files.move(unfinished, pgdata(), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Port used the last time, or 0. */
    int rememberedPort() throws IOException {
        try {
            return Integer.parseInt(Files.readString(portFile()).strip());
        } catch (NoSuchFileException | NumberFormatException e) {
            return 0;
        }
    }

    void rememberPort(int port) throws IOException {
        Files.writeString(portFile(), port + "\n");
    }

    /** Whether a server that was started with what is in the file runs with these settings. */
    boolean hasSettings(Map<String, String> settings, int port) throws IOException {
        Path file = pgdata().resolve(SETTINGS_FILE);
        return Files.exists(file) && Files.readString(file).equals(rendered(settings, port));
    }

    void writeSettings(Map<String, String> settings, int port) throws IOException {
        Files.writeString(pgdata().resolve(SETTINGS_FILE), rendered(settings, port));
    }

    /** Sets a log that has grown large aside, in place of the one set aside before. */
    void rotateLog() throws IOException {
        if (logBytes() > LOG_BYTES_MAX) {
            Files.move(log(), root.resolve("postgres.log.1"), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    long logBytes() throws IOException {
        return Files.exists(log()) ? Files.size(log()) : 0;
    }

    /** What was logged since the log had {@code fromBytes} bytes; the end of it when that is long. */
    String logSince(long fromBytes) throws IOException {
        if (!Files.exists(log())) {
            return "";
        }
        try (var file = new RandomAccessFile(log().toFile(), "r")) {
            file.seek(Math.max(fromBytes, file.length() - LOG_TAIL_BYTES));
            byte[] tail = new byte[(int) (file.length() - file.getFilePointer())];
            file.readFully(tail);
            return new String(tail, StandardCharsets.UTF_8).strip();
        }
    }

    /** Deletes what this class has made, and the folder itself when nothing else is in it. */
    void delete() throws IOException {
        for (Path path : List.of(
                pgdata(),
                root.resolve(UNFINISHED),
                log(),
                root.resolve("postgres.log.1"),
                portFile(),
                root.resolve(LOCK_FILE))) {
            FileTree.delete(path);
        }
        try (var rest = Files.list(root)) {
            if (rest.findAny().isPresent()) {
                return;
            }
        }
        Files.deleteIfExists(root);
    }

    private Path portFile() {
        return root.resolve("port");
    }

    private void checkVersion(int majorVersion) throws IOException {
        Path file = pgdata().resolve("PG_VERSION");
        String found = Files.exists(file) ? Files.readString(file).strip() : "(no file PG_VERSION)";
        if (!found.equals(Integer.toString(majorVersion))) {
            throw new EmbeddedPostgresException(
                    "data directory " + root + ": PostgreSQL version " + found + " (expected: " + majorVersion
                            + "; move the folder away, or dump it with that version and restore it)");
        }
    }

    private static List<String> initdb(PostgresBinaries binaries, Path target, Path passwordFile, boolean durable) {
        var command = new ArrayList<>(List.of(
                binaries.program("initdb"),
                "--pgdata=" + target,
                "--username=" + EmbeddedPostgresConfig.SUPERUSER,
                "--pwfile=" + passwordFile,
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--no-instructions"));
        if (!durable) {
            command.add("--no-sync");
        }
        return command;
    }

    private static String rendered(Map<String, String> settings, int port) {
        String ours = """
            # Written by Tasker at every start: change the configuration of Tasker, or use ALTER SYSTEM.
            listen_addresses = '127.0.0.1'
            unix_socket_directories = ''
            port = %d
            """.formatted(port);
        return settings.entrySet().stream()
                .map(setting -> setting.getKey() + " = '"
                        + setting.getValue().replace("\\", "\\\\").replace("'", "''") + "'\n")
                .collect(Collectors.joining("", ours, ""));
    }

    private static String randomPassword() {
        byte[] bytes = new byte[PASSWORD_BYTES];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
