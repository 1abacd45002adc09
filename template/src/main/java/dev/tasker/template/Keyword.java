package dev.tasker.template;

import java.util.Locale;

/** A value that templates write in lower snake case, such as {@code deferred_convergence} (spec 06 §8.4). */
public interface Keyword {
    /** The constant's Java name; every enum constant has it. */
    String name();

    /** The form in YAML and JSON. */
    default String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
