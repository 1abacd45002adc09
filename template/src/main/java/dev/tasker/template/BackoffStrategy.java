package dev.tasker.template;

/** How the delay grows with the attempts made (spec 06 §8.5). */
public enum BackoffStrategy implements Keyword {
    /** No delay at all. */
    NONE,
    /** Base times the number of attempts made. */
    LINEAR,
    /** Base, doubled with each attempt made. */
    EXPONENTIAL,
    /** Base times the Fibonacci number of the attempts made: 1, 1, 2, 3, 5. */
    FIBONACCI
}
