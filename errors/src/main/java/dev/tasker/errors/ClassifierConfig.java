package dev.tasker.errors;

import static java.time.Duration.ofSeconds;

import java.time.Duration;

/**
 * The delays of classified errors (01 §4.3).
 *
 * @param jitter largest addition to an exponential delay, as a fraction of it
 * @param defaultTimeout stands for the limit of an attempt whose duration is unknown
 * @param maxTimeout no limit is told to be longer
 * @param networkDelay for each attempt made
 * @param timeoutDelay after a failure that speaks of a timeout; doubled by each attempt after an operation that timed out
 */
public record ClassifierConfig(
        Duration base,
        Duration max,
        double multiplier,
        double jitter,
        Duration defaultTimeout,
        Duration maxTimeout,
        Duration rateLimitDelay,
        Duration networkDelay,
        Duration resourceDelay,
        Duration timeoutDelay,
        Duration stateDelay) {
    public static final ClassifierConfig DEFAULT = new ClassifierConfig(
            ofSeconds(1),
            ofSeconds(300),
            2.0,
            0.1,
            ofSeconds(30),
            ofSeconds(3600),
            ofSeconds(60),
            ofSeconds(5),
            ofSeconds(30),
            ofSeconds(30),
            Duration.ofMillis(500));
}
