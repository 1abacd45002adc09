package dev.tasker.errors;

import java.util.List;

/** What a person may look at, by category. */
final class Remediation {
    private Remediation() {}

    static List<String> of(ErrorCategory category) {
        return switch (category) {
            case PERMANENT -> List.of("Correct the input or the handler, then reset the step");
            case TRANSIENT -> List.of("Usually passes; look at the handler's log if it does not");
            case TIMEOUT -> List.of("Raise the step's timeout_seconds", "Look for what the handler waits for");
            case RATE_LIMIT -> List.of("Send fewer calls at once", "Ask the service for a higher limit");
            case NETWORK -> List.of("Check that the other side runs and can be reached");
            case CONFIGURATION -> List.of("Correct configuration or credentials, then reset the step");
            case RESOURCE_EXHAUSTION -> List.of("Give the worker more memory or disk, or fewer slots");
            case DEPENDENCY_FAILURE -> List.of("Repair the step it depends on first");
            case STATE_INCONSISTENCY -> List.of("Passes when the other change is done");
            case UNKNOWN -> List.of("Look at the handler's log");
        };
    }
}
