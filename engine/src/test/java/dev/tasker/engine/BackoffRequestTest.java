package dev.tasker.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tasker.engine.BackoffRequest.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a Retry-After header asks for (01 §4.4, rule 1). */
class BackoffRequestTest {
    private static final Instant NOW = Instant.parse("2015-10-21T07:28:00.250Z");

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
        0                                  | PT0S
        120                                | PT2M
        0007                               | PT7S
        99999999999999999999               | PT596523H14M7S
        2147483648                         | PT596523H14M7S
        Wed, 21 Oct 2015 07:28:30 GMT      | PT29S
        Wed, 21 Oct 2015 09:28:30 +0200    | PT29S
        21 Oct 2015 07:28:30 GMT           | PT29S
        Wednesday, 21-Oct-15 07:28:30 GMT  | PT29S
        Wed Oct 21 07:28:30 2015           | PT29S
        Fri Nov  6 07:28:30 2015           | PT384H29S
        """)
    void secondsAndDatesInTheFutureAskForADelay(String header, Duration delay) {
        assertThat(BackoffRequest.ofRetryAfter(header, NOW)).contains(new BackoffRequest(Kind.SERVER_REQUESTED, delay));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "-1",
                "+5",
                "1.5",
                "5s",
                "soon",
                "Wed, 21 Oct 2015 07:28:00 GMT",
                "Wed, 21 Oct 2015 07:28:01 GMT", // not a whole second from now
                "Tue, 20 Oct 2015 07:28:00 GMT",
                "Mon, 21 Oct 2015 08:28:00 GMT", // was a Wednesday
                "Wed, 41 Oct 2015 07:28:00 GMT",
                "2015-10-21T08:28:00Z"
            })
    void anythingElseAsksForNothing(String header) {
        assertThat(BackoffRequest.ofRetryAfter(header, NOW)).isEqualTo(Optional.empty());
    }

    @Test
    void kindsAreSpelledAsInResultDocuments() {
        assertThat(Kind.of("ServerRequested")).isEqualTo(Kind.SERVER_REQUESTED);
        assertThat(Kind.of("RateLimit")).isEqualTo(Kind.RATE_LIMIT);
        assertThat(Kind.of("ServiceUnavailable")).isEqualTo(Kind.SERVICE_UNAVAILABLE);
        assertThat(Kind.of("Custom")).isEqualTo(Kind.CUSTOM);
        assertThat(Kind.of("rate_limit")).isEqualTo(Kind.CUSTOM);
    }

    @Test
    void noDelayIsNegative() {
        assertThatThrownBy(() -> new BackoffRequest(Kind.CUSTOM, Duration.ofMillis(-1)))
                .hasMessageContaining("PT-0.001S")
                .hasMessageContaining(">= PT0S");
    }
}
