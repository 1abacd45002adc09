package dev.tasker.server.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.server.security.Authenticator;
import dev.tasker.server.security.Permission;
import dev.tasker.server.security.TestAuth;
import dev.tasker.server.security.TestKeys;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever is sent, the answer is one that the API declares, tells nothing of the inside, and nothing is written. */
class HostileRequestsTest {
    private static final long SEED = 20_261_121L;
    private static final int REQUESTS = 100_000;
    private static final int CONNECTIONS = 4;
    private static final int PATIENCE_MS = 10_000;

    private record Answer(int status, String head, String body, boolean closes) {}

    @Test
    void hundredThousandHostileRequestsAreRefusedAndWriteNothing(@TempDir Path folder) throws Exception {
        try (OpenRoutes open = OpenRoutes.start(folder, Authenticator.open(TestAuth.config(), InstantSource.system()));
                ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS)) {
            List<String> paths = open.routes().stream()
                    .map(Route::path)
                    .filter(path ->
                            !path.equals("/v1/events") && !path.endsWith("/events")) // answered as long as one listens
                    .distinct()
                    .toList();
            String[] all =
                    Arrays.stream(Permission.values()).map(Permission::text).toArray(String[]::new);
            String token = TestKeys.token(TestKeys.claims(all));
            URI url = open.client().url("");
            List<Future<?>> senders = IntStream.range(0, CONNECTIONS)
                    .<Future<?>>mapToObj(sender -> threads.submit(() -> {
                        send(url, paths, token, sender);
                        return null;
                    }))
                    .toList();
            for (Future<?> sender : senders) {
                sender.get();
            }

            assertThat(open.client().get("/v1/tasks").statusCode())
                    .as("the server after it")
                    .isEqualTo(401);
            assertThat(open.server().engine().analytics().health().tasks().values())
                    .allMatch(count -> count == 0);
            assertThat(open.server().engine().templates(null)).isEmpty();
        }
    }

    private static void send(URI url, List<String> paths, String token, int sender) throws IOException {
        Socket socket = null;
        try {
            for (int i = sender; i < REQUESTS; i += CONNECTIONS) {
                HostileRequest request = HostileRequest.of(SEED + i, paths, token);
                if (!request.framed()) {
                    try (Socket own = connect(url)) {
                        check(exchange(own, request), request, SEED + i);
                    }
                    continue;
                }
                if (socket == null) {
                    socket = connect(url);
                }
                Answer answer = exchange(socket, request);
                if (answer == null) { // closed after the answer before, whose body nobody wanted to read
                    socket.close();
                    socket = connect(url);
                    answer = exchange(socket, request);
                }
                check(answer, request, SEED + i);
                if (answer == null || answer.closes()) {
                    socket.close();
                    socket = null;
                }
            }
        } finally {
            if (socket != null) {
                socket.close();
            }
        }
    }

    private static void check(@Nullable Answer answer, HostileRequest request, long seed) {
        if (answer == null) {
            assertThat(request.framed())
                    .as("seed %d goes without an answer: %.300s", seed, request.text())
                    .isFalse();
            return;
        }
        String which =
                "seed " + seed + ": " + request.text().lines().findFirst().orElse("");
        assertThat(answer.status())
                .as(which + "\n" + answer.head() + answer.body())
                .isBetween(200, 499);
        assertThat(answer.body()).as(which).doesNotContain("\tat ", "Exception", "org.postgresql", "dev.tasker.");
    }

    private static Socket connect(URI url) throws IOException {
        Socket socket = new Socket(InetAddress.getByName(url.getHost()), url.getPort());
        socket.setSoTimeout(PATIENCE_MS);
        socket.setTcpNoDelay(true);
        return socket;
    }

    /** The answer; null when the server closes the connection without one. */
    private static @Nullable Answer exchange(Socket socket, HostileRequest request) {
        try {
            socket.getOutputStream().write(request.bytes());
            if (!request.framed()) {
                socket.shutdownOutput();
            }
            return read(
                    new BufferedInputStream(socket.getInputStream()),
                    request.method().equals("HEAD"));
        } catch (SocketTimeoutException e) {
            throw new AssertionError("no answer in time to " + request.text(), e);
        } catch (IOException e) {
            return null; // closed
        }
    }

    private static Answer read(InputStream in, boolean headOnly) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                throw new EOFException();
            }
            head.append((char) next);
        }
        String lower = head.toString().toLowerCase(Locale.ROOT);
        int status = Integer.parseInt(head.substring(9, 12));
        int at = lower.indexOf("\r\ncontent-length:");
        int length = at < 0 || headOnly
                ? 0
                : Integer.parseInt(
                        lower.substring(at + 17, lower.indexOf("\r\n", at + 2)).trim());
        byte[] body = in.readNBytes(length);
        return new Answer(
                status,
                head.toString(),
                new String(body, StandardCharsets.UTF_8),
                lower.contains("\r\nconnection: close") || (at < 0 && status != 204 && status != 304));
    }
}
