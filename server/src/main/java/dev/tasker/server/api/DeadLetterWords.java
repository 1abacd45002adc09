package dev.tasker.server.api;

import dev.tasker.engine.DeadLetterReason;
import dev.tasker.engine.ResolutionStatus;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** The words for dead letters, of which REST has two spellings (03 §1.9): both are read, {@code PascalCase} is written. */
public final class DeadLetterWords {
    /** What a status may be, for those who sent something else. */
    public static final String STATUSES = "Pending, ManuallyResolved, PermanentlyFailed or Cancelled";

    private DeadLetterWords() {}

    /** {@code ManuallyResolved} or {@code manually_resolved}; empty for other words. */
    public static Optional<ResolutionStatus> find(String word) {
        return Arrays.stream(ResolutionStatus.values())
                .filter(status ->
                        status.text().equals(word) || pascal(status.text()).equals(word))
                .findFirst();
    }

    /** As {@link #find}; other words are refused. */
    public static ResolutionStatus status(String word) {
        return find(word)
                .orElseThrow(() -> new RefusedOperationException(
                        Fault.INVALID, "Unknown resolution status: " + word + " (expected: " + STATUSES + ")"));
    }

    public static String pascal(ResolutionStatus status) {
        return pascal(status.text());
    }

    public static String pascal(DeadLetterReason reason) {
        return pascal(reason.text());
    }

    private static String pascal(String snake) {
        return Arrays.stream(snake.split("_", -1))
                .map(word -> word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1))
                .collect(Collectors.joining());
    }
}
