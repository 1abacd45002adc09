package dev.tasker.server.security;

import java.util.Map;
import java.util.TreeMap;

/** Whether a caller may go on. */
public sealed interface Admission {

    /** They may, as this principal. */
    record Granted(Principal principal) implements Admission {}

    /**
     * They may not.
     *
     * @param message for the caller; says nothing of what was wrong with a credential
     */
    record Refused(Reason reason, String message) implements Admission {

        /** The status of the answer over HTTP. */
        public int status() {
            return reason == Reason.FORBIDDEN ? 403 : 401;
        }

        /** The code of the answer over HTTP. */
        public String code() {
            return reason == Reason.FORBIDDEN ? "AUTHORIZATION_FAILED" : "AUTHENTICATION_FAILED";
        }

        /** The headers of the answer over HTTP, by name. */
        public Map<String, String> headers() {
            Map<String, String> headers = new TreeMap<>(
                    Map.of("x-auth-failure-reason", reason.text(), "x-auth-failure-severity", reason.severity()));
            switch (reason) {
                case MISSING -> {}
                case INVALID, MALFORMED -> headers.put("Retry-After", "60");
                case FORBIDDEN -> headers.put("Retry-After", "5");
            }
            if (reason != Reason.FORBIDDEN) {
                headers.put("WWW-Authenticate", "Bearer realm=\"tasker\"");
            }
            return headers;
        }
    }

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
