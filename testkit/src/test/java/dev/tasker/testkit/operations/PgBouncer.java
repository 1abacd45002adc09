package dev.tasker.testkit.operations;

import dev.tasker.postgres.EmbeddedPostgres;
import dev.tasker.testkit.Eventually;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.postgresql.ds.PGSimpleDataSource;

/** A PgBouncer of the machine that pools transactions, in front of a test's server. PgBouncer refuses to be root, so root starts it as nobody. */
final class PgBouncer implements AutoCloseable {
    private static final String NOBODY = "65534";

    private final Process process;
    private final EmbeddedPostgres server;
    private final int port;

    private PgBouncer(Process process, EmbeddedPostgres server, int port) {
        this.process = process;
        this.server = server;
        this.port = port;
    }

    /** The program, empty when the machine has none. */
    static Optional<Path> program() {
        return Stream.concat(
                        Stream.of(System.getenv().getOrDefault("PATH", "").split(":")),
                        Stream.of("/usr/sbin", "/usr/local/sbin"))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, "pgbouncer"))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** Starts one in {@code folder} with few server connections, so that clients have to share them. */
    static PgBouncer start(Path program, EmbeddedPostgres server, Path folder, int serverConnections) {
        try {
            int port = freePort();
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
            Path users = Files.writeString(
                    folder.resolve("users.txt"), "\"%s\" \"%s\"\n".formatted(server.user(), server.password()));
            Path settings = Files.writeString(
                    folder.resolve("pgbouncer.ini"), """
                        [databases]
                        * = host=127.0.0.1 port=%d
                        [pgbouncer]
                        listen_addr = 127.0.0.1
                        listen_port = %d
                        unix_socket_dir =
                        auth_type = plain
                        auth_file = %s
                        pool_mode = transaction
                        default_pool_size = %d
                        ignore_startup_parameters = extra_float_digits
                        """.formatted(server.port(), port, users, serverConnections));
            List<String> command = new ArrayList<>();
            if (System.getProperty("user.name").equals("root")) {
                command.addAll(List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups", "--"));
            }
            command.addAll(List.of(program.toString(), settings.toString()));
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("pgbouncer.log").toFile())
                    .start();
            PgBouncer bouncer = new PgBouncer(process, server, port);
            boolean ignored = Eventually.get("PgBouncer", bouncer::answers, up -> up);
            return bouncer;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean answers() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    /** Connections through the proxy. */
    PGSimpleDataSource dataSource(String database) {
        PGSimpleDataSource dataSource = server.dataSource(database);
        dataSource.setPortNumbers(new int[] {port});
        return dataSource;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() {
        process.destroy();
        Process ended = process.onExit().join();
        assert !ended.isAlive();
    }
}
