package dev.tasker.benchmarks;

import java.util.Arrays;

/**
 * What to measure.
 *
 * @param width workers of the fan-out scenario
 * @param tasks of the saturated phase
 * @param latencyTasks of the sequential phase, one after the other
 * @param concurrency tasks in flight in the saturated phase
 * @param slots of the worker
 * @param ceilingSeconds for which the SQL alone is driven
 * @param secure whether client and worker use TLS and a signed token; without meaning in process
 */
public record BenchOptions(
        Scenario scenario,
        int width,
        int tasks,
        int latencyTasks,
        int concurrency,
        int slots,
        int ceilingSeconds,
        Transport transport,
        boolean secure) {

    /** How the worker gets its steps. */
    public enum Transport {
        IN_PROCESS("in-process"),
        GRPC("grpc"),
        HTTP("http");

        private final String text;

        Transport(String text) {
            this.text = text;
        }

        /** The word on the command line. */
        public String text() {
            return text;
        }

        /** The transport called {@code text}. */
        public static Transport parse(String text) {
            return Arrays.stream(values())
                    .filter(transport -> transport.text.equals(text))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException(
                            "transport: " + text + " (expected: in-process, grpc or http)"));
        }
    }
}
