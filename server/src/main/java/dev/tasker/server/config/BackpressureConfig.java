package dev.tasker.server.config;

/**
 * How many commands may wait in a commit lane before new tasks are refused ({@code [common.queues.pgmq.queue_depth_thresholds]}, 02
 * §8.4).
 *
 * @param critical refused for half a minute
 * @param overflow refused for a minute
 */
public record BackpressureConfig(int critical, int overflow) {

    /** From how many on the depth is worth a look: a fifth of what is critical. */
    public int warning() {
        return Math.max(1, critical / 5);
    }

    static BackpressureConfig from(Settings settings) {
        String at = "common.queues.pgmq.queue_depth_thresholds.";
        int critical =
                settings.integer(at + "critical_threshold", Defaults.of(5_000).test(500), 1, 1_000_000);
        int overflow =
                settings.integer(at + "overflow_threshold", Defaults.of(10_000).test(1_000), 1, 1_000_000);
        if (overflow <= critical) {
            settings.warning(at + "overflow_threshold", overflow, "more than critical_threshold, " + critical);
        }
        return new BackpressureConfig(critical, overflow);
    }
}
