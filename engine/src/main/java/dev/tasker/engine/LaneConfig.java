package dev.tasker.engine;

/**
 * Bounds of the commit lanes (DESIGN §4).
 *
 * @param lanes writers of this node; a task always goes to the same one
 * @param queueCommandsMax commands waiting in one lane before it refuses
 * @param queueBytesMax payload bytes waiting in one lane before it refuses
 * @param batchCommandsMax commands of one call
 * @param batchBytesMax payload bytes of one call; a single larger command is a batch of its own
 */
public record LaneConfig(
        int lanes, int queueCommandsMax, long queueBytesMax, int batchCommandsMax, long batchBytesMax) {
    public static final LaneConfig DEFAULT = new LaneConfig(2, 20_000, 64L << 20, 500, 4L << 20);

    public LaneConfig {
        require("lanes.lanes", lanes, 1, 8);
        require("lanes.queue_commands_max", queueCommandsMax, 1, 1_000_000);
        require("lanes.queue_bytes_max", queueBytesMax, 1 << 20, 1L << 32);
        require("lanes.batch_commands_max", batchCommandsMax, 1, 10_000);
        require("lanes.batch_bytes_max", batchBytesMax, 1 << 10, 1L << 28);
    }

    private static void require(String key, long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(key + ": " + value + " (expected: " + min + " to " + max + ")");
        }
    }
}
