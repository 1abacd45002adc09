package dev.tasker.engine.internal.task;

import java.time.Instant;
import java.time.InstantSource;
import java.util.UUID;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * Makes task uuids and does the arithmetic of step uuids. A task uuid is a v7 uuid (milliseconds, then the microsecond within them in
 * rand_a) whose last 20 bits are zero; a step's is its task's plus index + 1 in those bits. So the steps of a task stand together in
 * every index, in order of creation, and a step uuid tells its task without a look-up.
 */
public final class TaskUuids {
    /** Most steps of one task. */
    public static final int STEPS_MAX = (1 << 20) - 2;

    private static final long INDEX_MASK = (1L << 20) - 1;

    private final InstantSource clock;
    private volatile Window window = new Window(0, Long.MAX_VALUE, 0);
    private final RandomGenerator random =
            RandomGeneratorFactory.of("L64X128MixRandom").create();

    public TaskUuids(InstantSource clock) {
        this.clock = clock;
    }

    /** @param offsetMillis what this machine's clock lacks to the database's time */
    private record Window(long fromMillis, long untilMillis, long offsetMillis) {}

    /**
     * Keeps the times of new uuids within {@code from}, inclusive, and {@code until}, for which there are partitions. Should this machine's
     * clock be outside, it counts from {@code now}, the database's time, on: a wrong clock makes no creation fail.
     */
    public void keepWithin(Instant now, Instant from, Instant until) {
        long offset = now.toEpochMilli() - clock.millis();
        window = new Window(from.toEpochMilli(), until.toEpochMilli(), offset);
    }

    /** A new task uuid; 42 random bits within a quarter of a microsecond. Thread-safe. */
    public UUID next() {
        Instant now = clock.instant();
        int nanos = now.getNano();
        long millis = within(window, now.getEpochSecond() * 1_000 + nanos / 1_000_000);
        long fraction = (nanos % 1_000_000L) * 4096 / 1_000_000L;
        long bits;
        synchronized (random) {
            bits = random.nextLong();
        }
        long most = (millis << 16) | 0x7000L | fraction;
        long least = 0x8000_0000_0000_0000L | ((bits >>> 2) & ~INDEX_MASK & 0x3FFF_FFFF_FFFF_FFFFL);
        return new UUID(most, least);
    }

    private static long within(Window window, long millis) {
        if (millis >= window.fromMillis && millis < window.untilMillis) {
            return millis;
        }
        // runs through the window should the database not have been asked for so long that even its time is outside
        return window.fromMillis
                + Math.floorMod(
                        millis + window.offsetMillis - window.fromMillis, window.untilMillis - window.fromMillis);
    }

    /** The uuid of the step at {@code index} of {@code task}. */
    public static UUID stepUuid(UUID task, int index) {
        return new UUID(task.getMostSignificantBits(), task.getLeastSignificantBits() | (index + 1));
    }

    /** The task that a step uuid belongs to. */
    public static UUID taskOf(UUID step) {
        return new UUID(step.getMostSignificantBits(), step.getLeastSignificantBits() & ~INDEX_MASK);
    }

    /** The index of a step in its task, -1 for a task uuid. */
    public static int indexOf(UUID step) {
        return (int) (step.getLeastSignificantBits() & INDEX_MASK) - 1;
    }
}
