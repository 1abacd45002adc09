package dev.tasker.engine;

/** What became of an operator's action. */
public sealed interface ActionOutcome {

    /** Carried out and committed, with everything that follows from it. */
    record Done() implements ActionOutcome {}

    /**
     * Not allowed as things stand; nothing changed.
     *
     * @param kind {@link ErrorCode.Kind#CALLER} where clients of the earlier system know the refusal (400), {@link
     *     ErrorCode.Kind#CONFLICT} where they do not (409; 00 §3 no. 26)
     * @param reason in the words of 01 §2.7
     */
    record Refused(ErrorCode.Kind kind, String reason) implements ActionOutcome {}

    /** There is no such task, or no such step in it. */
    record NotFound(String reason) implements ActionOutcome {}
}
