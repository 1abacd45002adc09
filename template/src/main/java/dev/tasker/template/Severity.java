package dev.tasker.template;

/** How much a {@link Finding} matters (spec 06 §13.4). */
public enum Severity {
    /** The template cannot be used. */
    ERROR,
    /** The template can be used, but probably not as its author thinks. */
    WARNING,
    /** A hint. */
    INFO
}
