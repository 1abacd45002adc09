package dev.tasker.client;

import java.net.http.HttpHeaders;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What a server said. */
record Answer(int status, HttpHeaders headers, String body, int attempts) {

    boolean isSuccess() {
        return status >= 200 && status < 300;
    }

    @Nullable
    String requestId() {
        return headers.firstValue("x-request-id").orElse(null);
    }

    /** Whole seconds; the other form of the header, a date, is not used by this API and is taken for nothing. */
    @Nullable
    Duration retryAfter() {
        return headers.firstValue("retry-after")
                .filter(text -> text.matches("\\d{1,9}"))
                .map(text -> Duration.ofSeconds(Long.parseLong(text)))
                .orElse(null);
    }
}
