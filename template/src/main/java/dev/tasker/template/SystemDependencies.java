package dev.tasker.template;

import java.util.List;

/** The external systems a workflow talks to (spec 06 §4.2); documentation only. */
public record SystemDependencies(String primary, List<String> secondary) {
    /** What holds when a template says nothing. */
    public static final SystemDependencies DEFAULT = new SystemDependencies("default", List.of());

    public SystemDependencies {
        secondary = List.copyOf(secondary);
    }
}
