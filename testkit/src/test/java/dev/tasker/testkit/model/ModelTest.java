package dev.tasker.testkit.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.testkit.DatabaseExtension;
import dev.tasker.testkit.TestDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Random programs against the engine and the model. {@code -Dtasker.model.seed=…} replays one, {@code -Dtasker.model.programs=N} runs N
 * from seeds that nobody chose; {@code -Dtasker.model.shrinking=0} tells a failure at once.
 */
@ExtendWith(DatabaseExtension.class)
class ModelTest {
    private static final int USUAL_PROGRAMS = 300;

    @Test
    void engineDoesWhatTheModelSays(TestDatabase database) {
        try (Programs programs = new Programs(database)) {
            for (long seed : seeds()) {
                programs.run(seed);
            }
        }
    }

    /** Its slot is not free: the first execution of the call, which nobody here knows of, leased a successor to it. */
    @Test
    void sessionIsGivenNoMoreThanItsSlotsAfterALostAnswer(TestDatabase database) {
        replay(database, 13);
    }

    @Test
    void yieldThatComesTooLateGivesItsSlotBack(TestDatabase database) {
        replay(database, 196);
    }

    @Test
    void silentSessionGetsNothingMoreWhenTheOtherNodeTookItsLeasesBack(TestDatabase database) {
        replay(database, -8770560312206888361L);
    }

    private static void replay(TestDatabase database, long seed) {
        try (Programs programs = new Programs(database)) {
            programs.run(seed);
        }
    }

    /** {@code quality/model}: programs from seeds that nobody chose until the time is up; goes on after a failure, and fails in the end. */
    @Test
    @EnabledIfSystemProperty(named = "tasker.model.minutes", matches = "[0-9]+")
    void engineDoesWhatTheModelSaysForHours(TestDatabase database) {
        long start = System.nanoTime();
        long end = start + TimeUnit.MINUTES.toNanos(Long.getLong("tasker.model.minutes", 1));
        long told = start;
        SplittableRandom random = new SplittableRandom();
        List<Long> failed = new ArrayList<>();
        int ran = 0;
        try (Programs programs = new Programs(database)) {
            while (System.nanoTime() - end < 0) {
                long seed = random.nextLong();
                ran++;
                try {
                    programs.run(seed);
                } catch (AssertionError e) {
                    failed.add(seed);
                    say("failed: " + e.getMessage());
                }
                if (System.nanoTime() - told > TimeUnit.MINUTES.toNanos(1)) {
                    told = System.nanoTime();
                    say(TimeUnit.NANOSECONDS.toMinutes(told - start) + " min: " + ran + " programs, failed seeds "
                            + failed);
                }
            }
        }
        say("after " + ran + " programs, failed seeds " + failed);
        assertThat(failed).as("seeds that failed").isEmpty();
    }

    /** In the file {@code tasker.model.log}, which {@code quality/model} shows as it grows. */
    private static void say(String line) {
        try {
            Files.writeString(
                    Path.of(System.getProperty("tasker.model.log", "target/model.log")),
                    line + "\n",
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long[] seeds() {
        Long seed = Long.getLong("tasker.model.seed");
        if (seed != null) {
            return new long[] {seed};
        }
        Integer programs = Integer.getInteger("tasker.model.programs");
        if (programs == null) {
            return LongStream.range(0, USUAL_PROGRAMS).toArray();
        }
        SplittableRandom random = new SplittableRandom();
        return random.longs(programs).toArray();
    }
}
