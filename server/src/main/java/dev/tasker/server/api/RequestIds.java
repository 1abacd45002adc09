package dev.tasker.server.api;

import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Names of requests in logs, for callers to find theirs (03 §0.4). */
public final class RequestIds {
    /** How logs call it. */
    public static final String LOG_FIELD = "request_id";

    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9._-]{1,128}");

    private RequestIds() {}

    /** The caller's own id, a new one when there is none or it is not well-formed. */
    public static String of(@Nullable String wanted) {
        return wanted != null && FORM.matcher(wanted).matches()
                ? wanted
                : UUID.randomUUID().toString();
    }
}
