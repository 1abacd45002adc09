package dev.tasker.testkit.operations;

import dev.tasker.postgres.EmbeddedPostgres;
import dev.tasker.postgres.EmbeddedPostgresConfig;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * The data of a running server as of one moment, made as backup tools do. A server started from it stands on a new timeline, without what
 * was committed later: the end of an asynchronous standby's promotion, and of a recovery to a point in time.
 */
final class BaseBackup {
    private final Path folder;

    private BaseBackup(Path folder) {
        this.folder = folder;
    }

    static BaseBackup of(EmbeddedPostgres server, Path folder) throws IOException, SQLException {
        Path source = server.dataDirectory().resolve("pgdata");
        Path target = folder.resolve("pgdata");
        try (Connection connection = server.dataSource("postgres").getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("SELECT pg_backup_start('test', true)");
            copy(source, target);
            ResultSet label = statement.executeQuery("SELECT labelfile FROM pg_backup_stop(false)");
            label.next();
            Files.writeString(target.resolve("backup_label"), label.getString(1));
        }
        copy(source.resolve("pg_wal"), target.resolve("pg_wal")); // up to the end of the backup
        Files.deleteIfExists(target.resolve("postmaster.pid"));
        Files.createFile(target.resolve("recovery.signal"));
        return new BaseBackup(folder);
    }

    /** Starts a server with the data, in place of another one on {@code port}. */
    EmbeddedPostgres restored(int port) {
        return EmbeddedPostgres.start(EmbeddedPostgresConfig.forTests(folder)
                .withPort(port)
                .withSetting("restore_command", "false")
                .withSetting("recovery_target", "immediate")
                .withSetting("recovery_target_action", "promote"));
    }

    private static void copy(Path source, Path target) throws IOException {
        Files.walkFileTree(source, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
                    throws IOException {
                Path copy = target.resolve(source.relativize(directory).toString());
                if (!Files.exists(copy)) {
                    Files.createDirectories(copy);
                    Files.setPosixFilePermissions(copy, Files.getPosixFilePermissions(directory));
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                try {
                    Files.copy(
                            file,
                            target.resolve(source.relativize(file).toString()),
                            StandardCopyOption.COPY_ATTRIBUTES,
                            StandardCopyOption.REPLACE_EXISTING);
                } catch (NoSuchFileException e) {
                    return FileVisitResult.CONTINUE; // deleted meanwhile: the log knows
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
                if (failure instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw failure;
            }
        });
    }
}
