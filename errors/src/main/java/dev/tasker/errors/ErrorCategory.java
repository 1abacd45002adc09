package dev.tasker.errors;

import java.util.Locale;

/** What kind of error it is (01 §4.3). */
public enum ErrorCategory {
    PERMANENT("Permanent"),
    TRANSIENT("Transient"),
    TIMEOUT("Timeout"),
    RATE_LIMIT("Rate Limit"),
    NETWORK("Network"),
    CONFIGURATION("Configuration"),
    RESOURCE_EXHAUSTION("Resource Exhaustion"),
    DEPENDENCY_FAILURE("Dependency Failure"),
    STATE_INCONSISTENCY("State Inconsistency"),
    UNKNOWN("Unknown");

    private final String display;

    ErrorCategory(String display) {
        this.display = display;
    }

    /** For people. */
    public String display() {
        return display;
    }

    /** The spelling in JSON. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
