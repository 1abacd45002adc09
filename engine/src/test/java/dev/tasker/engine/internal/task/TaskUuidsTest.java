package dev.tasker.engine.internal.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class TaskUuidsTest {
    private static final Instant NOON = Instant.parse("2026-01-02T12:00:00.123456Z");

    private final TaskUuids uuids = new TaskUuids(() -> NOON);

    @Test
    void taskUuidIsAVersionSevenUuidWithRoomForSteps() {
        UUID task = uuids.next();
        assertThat(task.version()).isEqualTo(7);
        assertThat(task.variant()).isEqualTo(2);
        assertThat(task.getMostSignificantBits() >>> 16).isEqualTo(NOON.toEpochMilli());
        assertThat(task.getLeastSignificantBits() & 0xFFFFF).isZero();
        assertThat(TaskUuids.indexOf(task)).isEqualTo(-1);
        assertThat(TaskUuids.taskOf(task)).isEqualTo(task);
    }

    @Test
    void laterTasksSortLater() {
        UUID early = uuids.next();
        UUID microsecond = new TaskUuids(() -> NOON.plusNanos(1_000)).next();
        UUID millisecond = new TaskUuids(() -> NOON.plusMillis(1)).next();
        assertThat(early.toString()).isLessThan(microsecond.toString());
        assertThat(microsecond.toString()).isLessThan(millisecond.toString());
    }

    @Test
    void stepUuidTellsItsTaskAndIndex() {
        UUID task = uuids.next();
        for (int index : new int[] {0, 1, 41, 65_535, TaskUuids.STEPS_MAX - 1}) {
            UUID step = TaskUuids.stepUuid(task, index);
            assertThat(TaskUuids.taskOf(step)).isEqualTo(task);
            assertThat(TaskUuids.indexOf(step)).isEqualTo(index);
            assertThat(step.version()).isEqualTo(7);
            assertThat(step.variant()).isEqualTo(2);
            assertThat(step.toString()).isGreaterThan(task.toString());
        }
    }

    @Test
    void tasksOfOneInstantDiffer() {
        Set<UUID> made = new HashSet<>();
        for (int i = 0; i < 10_000; i++) {
            made.add(uuids.next());
        }
        assertThat(made).hasSize(10_000);
    }

    @Test
    void clockBesideTheWindowIsReplacedByTheDatabases() {
        Instant from = NOON.plusSeconds(3_600);
        Instant until = from.plusSeconds(60);
        for (Instant clock : List.of(Instant.EPOCH, NOON, until, NOON.plusSeconds(1_000_000))) {
            TaskUuids skewed = new TaskUuids(() -> clock);
            skewed.keepWithin(from.plusSeconds(7), from, until);
            assertThat(millis(skewed))
                    .as("%s", clock)
                    .isEqualTo(from.plusSeconds(7).toEpochMilli());
        }
    }

    @Test
    void timesStayInTheWindowWhenTheDatabaseIsAwayForLong() {
        AtomicReference<Instant> clock = new AtomicReference<>(Instant.EPOCH);
        TaskUuids skewed = new TaskUuids(clock::get);
        skewed.keepWithin(NOON, NOON, NOON.plusSeconds(60));
        clock.set(Instant.EPOCH.plusSeconds(61));
        assertThat(millis(skewed)).isEqualTo(NOON.plusSeconds(1).toEpochMilli());
    }

    @Test
    void clockWithinTheWindowIsTakenAsItIs() {
        uuids.keepWithin(NOON.plusMillis(1), NOON, NOON.plusMillis(2));
        assertThat(millis(uuids)).isEqualTo(NOON.toEpochMilli());
    }

    private static long millis(TaskUuids uuids) {
        return uuids.next().getMostSignificantBits() >>> 16;
    }
}
