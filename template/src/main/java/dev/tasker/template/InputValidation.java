package dev.tasker.template;

/** What happens to a task context that does not fit the input schema (spec 06 §5). */
public enum InputValidation implements Keyword {
    /** Creation is refused; top-level defaults are applied to what fits. */
    ENFORCE,
    /** Creation succeeds and the mismatch is reported. */
    WARN,
    /** The context is not looked at. */
    OFF
}
