package dev.tasker.server.config;

import java.util.List;

/** The configuration is refused; the message lists every violation with key, offending value and expectation. */
public final class ConfigException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final List<String> violations;

    public ConfigException(List<String> violations) {
        super(text(violations));
        this.violations = List.copyOf(violations);
    }

    /** One sentence each, in the order found. */
    public List<String> violations() {
        return violations;
    }

    private static String text(List<String> violations) {
        return violations.size() == 1
                ? "Configuration refused: " + violations.getFirst()
                : "Configuration refused, " + violations.size() + " violations:\n  " + String.join("\n  ", violations);
    }
}
