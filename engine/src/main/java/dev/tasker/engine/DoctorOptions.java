package dev.tasker.engine;

import dev.tasker.engine.internal.task.TaskUuids;
import java.util.UUID;

/**
 * What a {@link Doctor} looks at, and how.
 *
 * @param from first uuid
 * @param until first uuid that is left out; everything, timers and sessions included, is recounted from {@link #FIRST} until {@link #LAST}
 * @param repair whether to mend what leaves no doubt
 * @param speed how much of the database it may take
 */
public record DoctorOptions(UUID from, UUID until, boolean repair, Speed speed) {
    public static final UUID FIRST = new UUID(0, 0);
    public static final UUID LAST = new UUID(-1, -1);

    /** Everything, gently, and nothing is changed. */
    public static final DoctorOptions DEFAULT = new DoctorOptions(FIRST, LAST, false, Speed.GENTLE);

    public DoctorOptions {
        if (until.toString().compareTo(from.toString()) <= 0) {
            throw new IllegalArgumentException("until: " + until + " (expected: more than from, " + from + ")");
        }
    }

    /** How much of the database a doctor may take. */
    public enum Speed {
        /** Two connections without pause. */
        FULL(2, 2_500, 10_000, 0),
        /** One connection and small pieces, with nine times as long a rest after each. */
        GENTLE(1, 250, 2_000, 9);

        private final int connections;
        private final int tasks;
        private final int steps;
        private final int rest;

        Speed(int connections, int tasks, int steps, int rest) {
            this.connections = connections;
            this.tasks = tasks;
            this.steps = steps;
            this.rest = rest;
        }

        /** On how many it recounts tasks. */
        public int connections() {
            return connections;
        }

        /** Tasks of one piece at most. */
        public int tasks() {
            return tasks;
        }

        /** Steps of one piece at most, unless a single task has more. */
        public int steps() {
            return steps;
        }

        /** Rest after each piece, in multiples of the time it took. */
        public int rest() {
            return rest;
        }
    }

    /** One task alone, named by its uuid or that of one of its steps. */
    public static DoctorOptions ofTask(UUID taskOrStep, boolean repair) {
        UUID task = TaskUuids.taskOf(taskOrStep);
        UUID next = new UUID(task.getMostSignificantBits(), task.getLeastSignificantBits() + 1);
        return new DoctorOptions(task, next, repair, Speed.FULL);
    }

    public boolean isEverything() {
        return from.equals(FIRST) && until.equals(LAST);
    }

    public DoctorOptions withRepair(boolean newRepair) {
        return new DoctorOptions(from, until, newRepair, speed);
    }

    public DoctorOptions withSpeed(Speed newSpeed) {
        return new DoctorOptions(from, until, repair, newSpeed);
    }
}
