package dev.tasker.benchmarks;

import dev.tasker.server.TaskerServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A client of a server's REST API that shows the same credential with every request. Reads what it created itself. Not thread-safe. */
final class ApiCaller implements AutoCloseable {
    private static final String TASK_UUID = "\"task_uuid\":\"";
    private static final int UUID_LENGTH = 36;
    private static final int BETWEEN_READS = 7_919; // a prime: every task in turn, and none near the one before

    private final String name;
    private final HttpLoad http;
    private final List<String> headers;
    private final byte[] creation;
    private final List<byte[]> readings = new ArrayList<>();

    /** @param credentials header lines */
    ApiCaller(String name, TaskerServer server, int connections, List<String> credentials) throws IOException {
        URI url = server.restUrl().orElseThrow();
        this.name = name;
        this.http = HttpLoad.open(new InetSocketAddress(url.getHost(), url.getPort()), connections);
        this.headers = credentials;
        this.creation = HttpLoad.request(
                "POST", "/v1/tasks", credentials, """
                    {"namespace":"%s","name":"linear","version":"1.0.0","context":%s,"initiator":"bench","source_system":"bench",\
                    "reason":"bench"}\
                    """.formatted(Scenario.NAMESPACE, Scenario.context()));
    }

    String name() {
        return name;
    }

    /** Creates so many tasks as fast as they are taken. */
    HttpLoad.Result create(int count) throws IOException {
        return createPaced(count, Double.POSITIVE_INFINITY);
    }

    /** Creates so many tasks, so many a second. */
    HttpLoad.Result createPaced(int count, double perSecond) throws IOException {
        return http.paced(count, perSecond, _ -> creation, this::remember);
    }

    private void remember(byte[] task) {
        String body = new String(task, StandardCharsets.UTF_8);
        int at = body.indexOf(TASK_UUID) + TASK_UUID.length();
        readings.add(HttpLoad.request("GET", "/v1/tasks/" + body.substring(at, at + UUID_LENGTH), headers, ""));
    }

    /** Reads so many of the tasks created before. */
    HttpLoad.Result read(int count) throws IOException {
        return http.run(
                count, number -> readings.get((int) ((long) number * BETWEEN_READS % readings.size())), _ -> {});
    }

    @Override
    public void close() throws IOException {
        http.close();
    }

    /** The middle one of rates. */
    static double median(List<Double> rates) {
        double[] sorted = rates.stream().mapToDouble(Double::doubleValue).toArray();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
