package dev.tasker.server.security;

/** Whether a caller may go on. */
public sealed interface Admission {

    /** They may, as this principal. */
    record Granted(Principal principal) implements Admission {}

    /**
     * They may not.
     *
     * @param message for the caller; says nothing of what was wrong with a credential
     */
    record Refused(Reason reason, String message) implements Admission {}

    /** Why somebody is refused, in the words of 03 §3.6. */
    enum Reason {
        MISSING("missing", "low"),
        INVALID("invalid", "high"),
        MALFORMED("malformed", "high"),
        FORBIDDEN("forbidden", "medium");

        private final String text;
        private final String severity;

        Reason(String text, String severity) {
            this.text = text;
            this.severity = severity;
        }

        public String text() {
            return text;
        }

        /** low, medium or high. */
        public String severity() {
            return severity;
        }
    }
}
