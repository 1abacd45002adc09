package dev.tasker.quality.offenders;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.sql.Connection;
import java.time.Instant;
import java.util.Date;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Each class breaks the one rule it is named after. */
public final class Offenders {
    private Offenders() {}

    /** Keeps an old date. */
    public record OldDate(Date date) {}

    /** Calls the clock. */
    public static final class ClockCall {
        private ClockCall() {}

        static Instant now() {
            return Instant.now();
        }
    }

    /** Hands the clock on. */
    public static final class ClockReference {
        private ClockReference() {}

        static final LongSupplier MILLIS = System::currentTimeMillis;
        static final Supplier<Instant> NOW = Instant::now;
    }

    /** Sleeps. */
    public static final class Sleep {
        private Sleep() {}

        static void nap() throws InterruptedException {
            Thread.sleep(0);
        }
    }

    /** Waits to be injected. */
    public static final class FieldInjection {
        @Inject
        @Nullable
        Object dependency;
    }

    /** Has a name that says nothing. */
    public static final class TaskManager {}

    /** Talks to a database. */
    public record Jdbc(Connection connection) {}

    /** Logs past slf4j. */
    public record OtherLog(Logger log) {}

    /** Prints. */
    public static final class Print {
        private Print() {}

        static void print() {
            System.out.println();
        }

        static void trace(Exception e) {
            e.printStackTrace();
        }
    }

    /** Hides from the coverage count. */
    @Generated
    public static final class HiddenFromCoverage {}

    /** Stands for the annotation of an injection framework. */
    @Retention(RetentionPolicy.RUNTIME)
    public @interface Inject {}

    /** Stands for the annotations that JaCoCo takes as a sign to look away. */
    @Retention(RetentionPolicy.CLASS)
    public @interface Generated {}
}
