package dev.tasker.workerprocess;

import org.jspecify.annotations.Nullable;

/** One finding of the worker about itself. */
record Check(String name, Verdict verdict, @Nullable String message) {

    /** How good it is; only the first is good enough for readiness. */
    enum Verdict {
        HEALTHY("healthy", 0),
        DEGRADED("degraded", 1),
        UNHEALTHY("unhealthy", 2);

        private final String text;
        private final int level;

        Verdict(String text, int level) {
            this.text = text;
            this.level = level;
        }

        /** For gauges: 0 is best. */
        int level() {
            return level;
        }

        String text() {
            return text;
        }
    }

    static Check healthy(String name, @Nullable String message) {
        return new Check(name, Verdict.HEALTHY, message);
    }

    static Check degraded(String name, String message) {
        return new Check(name, Verdict.DEGRADED, message);
    }

    static Check unhealthy(String name, String message) {
        return new Check(name, Verdict.UNHEALTHY, message);
    }

    boolean isHealthy() {
        return verdict == Verdict.HEALTHY;
    }
}
