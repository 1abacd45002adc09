package dev.tasker.benchmarks;

/**
 * What to measure.
 *
 * @param width workers of the fan-out scenario
 * @param tasks of the saturated phase
 * @param latencyTasks of the sequential phase, one after the other
 * @param concurrency tasks in flight in the saturated phase
 * @param slots of the worker
 * @param ceilingSeconds for which the SQL alone is driven
 */
public record BenchOptions(
        Scenario scenario,
        int width,
        int tasks,
        int latencyTasks,
        int concurrency,
        int slots,
        int ceilingSeconds,
        Transport transport) {

    /** How the worker gets its steps. */
    public enum Transport {
        IN_PROCESS,
        GRPC;

        /** The word on the command line. */
        public String text() {
            return this == GRPC ? "grpc" : "in-process";
        }

        /** The transport called {@code text}. */
        public static Transport parse(String text) {
            return switch (text) {
                case "in-process" -> IN_PROCESS;
                case "grpc" -> GRPC;
                default -> throw new IllegalArgumentException("transport: " + text + " (expected: in-process or grpc)");
            };
        }
    }
}
