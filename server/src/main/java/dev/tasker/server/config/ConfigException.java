package dev.tasker.server.config;

import java.util.List;
import java.util.stream.Collectors;

/** The configuration is refused; the message lists every violation with place, key, offending value and expectation. */
public final class ConfigException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<Violation> violations;
    private final boolean unreadable;

    public ConfigException(List<Violation> violations) {
        this(violations, false);
    }

    private ConfigException(List<Violation> violations, boolean unreadable) {
        super(text(violations));
        this.violations = List.copyOf(violations);
        this.unreadable = unreadable;
    }

    /** What turned out when the configuration was put to use, a sentence each. */
    public static ConfigException of(List<String> sentences) {
        return new ConfigException(sentences.stream()
                .map(sentence -> new Violation(null, "", sentence))
                .toList());
    }

    /** There is no such file, or nobody may read it. */
    static ConfigException unreadable(Violation violation) {
        return new ConfigException(List.of(violation), true);
    }

    /** In the order found. */
    public List<Violation> violations() {
        return violations;
    }

    /** Whether the configuration could not be read at all, as opposed to being wrong. */
    public boolean isUnreadable() {
        return unreadable;
    }

    private static String text(List<Violation> violations) {
        return violations.size() == 1
                ? "Configuration refused: " + violations.getFirst()
                : "Configuration refused, " + violations.size() + " violations:\n  "
                        + violations.stream().map(Violation::toString).collect(Collectors.joining("\n  "));
    }
}
