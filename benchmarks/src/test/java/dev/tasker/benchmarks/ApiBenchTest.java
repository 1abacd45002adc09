package dev.tasker.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The benchmarks of the API, small: whole runs, and what the client makes of answers. */
class ApiBenchTest {
    private static final int LATE_MS = 200;

    @Test
    void creationsAndReadsAreMeasuredForEveryKindOfCaller() throws Exception {
        ApiBench.Report report = new ApiBench(100, true).run();

        JsonNode json = JsonMapper.shared().readTree(report.json());
        assertThat(json.get("paced_ms").get("p99").asDouble()).isPositive();
        assertThat(json.get("saturated_ms").get("p50").asDouble()).isPositive();
        for (String caller : List.of("open", "api_key", "token")) {
            assertThat(json.get(caller).get("creations_per_s").asInt()).isPositive();
            assertThat(json.get(caller).get("reads_per_s").asInt()).isPositive();
        }
        assertThat(json.get("open").get("read_ratio").asDouble()).isEqualTo(1);
    }

    @Test
    void callersAreOnlyComparedWhenAsked() throws Exception {
        assertThat(new ApiBench(20, false).run().readings())
                .extracting(ApiBench.Reading::caller)
                .containsExactly("open");
    }

    @Test
    void pagesOfAFullDatabaseHaveExactTotals() throws Exception {
        ApiListBench.Report report = new ApiListBench(6_000).run(); // fails when a total is wrong

        JsonNode json = JsonMapper.shared().readTree(report.json());
        assertThat(json.propertyNames())
                .containsExactly("scenario", "tasks", "all_ms", "state_ms", "rare_state_ms", "namespace_ms");
        assertThat(json.get("namespace_ms").get("p99").asDouble()).isPositive();
    }

    @Test
    void answersInPiecesAndLargeOnesAreRead() throws IOException {
        String large = "x".repeat(100_000);
        try (ServerSocket server = listening();
                HttpLoad http = HttpLoad.open(address(server), 1);
                Socket peer = server.accept()) {
            OutputStream out = peer.getOutputStream();
            String answer = "HTTP/1.1 200 OK\r\ncontent-length: " + large.length() + "\r\n\r\n" + large;
            Thread.ofVirtual().start(() -> {
                try {
                    for (int i = 0; i < answer.length(); i += 30_000) {
                        out.write(answer.substring(i, Math.min(i + 30_000, answer.length()))
                                .getBytes(StandardCharsets.US_ASCII));
                        out.flush();
                    }
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            List<String> bodies = new ArrayList<>();

            HttpLoad.Result result = http.run(
                    1,
                    _ -> HttpLoad.request("GET", "/", List.of(), ""),
                    body -> bodies.add(new String(body, StandardCharsets.US_ASCII)));

            assertThat(bodies).containsExactly(large);
            assertThat(result.latency().getTotalCount()).isOne();
        }
    }

    @Test
    void answersThatAreNoSuccessEndTheRun() throws IOException {
        assertThatThrownBy(() -> answered("HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nlate"))
                .isInstanceOf(IOException.class)
                .hasMessage("503 late");
        assertThatThrownBy(() -> answered("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"))
                .hasMessageStartingWith("an answer without a length");
        assertThatThrownBy(() -> answered("")).hasMessage("the server closed a connection");
    }

    @Test
    void latencyOfAPacedRequestCountsFromWhenItWasDue() throws IOException {
        try (ServerSocket server = listening();
                HttpLoad http = HttpLoad.open(address(server), 1);
                Socket peer = server.accept()) {
            Thread.ofVirtual().start(() -> answerFirstLate(peer, 3));

            HttpLoad.Result result = http.paced(3, 1_000, _ -> HttpLoad.request("GET", "/", List.of(), ""), _ -> {});

            assertThat(TimeUnit.NANOSECONDS.toMillis(result.latency().getMinValue()))
                    .as("the later ones waited for the only connection")
                    .isGreaterThanOrEqualTo(LATE_MS - 10);
        }
    }

    private static void answerFirstLate(Socket peer, int requests) {
        try {
            for (int i = 0; i < requests; i++) {
                assertThat(peer.getInputStream().read(new byte[1_000])).isPositive();
                if (i == 0) {
                    peer.setSoTimeout(LATE_MS);
                    assertThatThrownBy(() -> peer.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
                    peer.setSoTimeout(0);
                }
                peer.getOutputStream()
                        .write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}".getBytes(StandardCharsets.US_ASCII));
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void answered(String answer) throws IOException {
        try (ServerSocket server = listening();
                HttpLoad http = HttpLoad.open(address(server), 1);
                Socket peer = server.accept()) {
            peer.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
            peer.shutdownOutput();
            http.run(1, _ -> HttpLoad.request("GET", "/", List.of(), ""), _ -> {});
        }
    }

    private static ServerSocket listening() throws IOException {
        return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    }

    private static InetSocketAddress address(ServerSocket server) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getLocalPort());
    }
}
