package dev.tasker.server.security;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.server.security.Credential.ApiKey;
import dev.tasker.server.security.Credential.Bearer;
import dev.tasker.server.security.Credential.Malformed;
import dev.tasker.server.security.Credential.None;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What counts as presented. */
class CredentialTest {
    static Stream<Arguments> headers() {
        return Stream.of(
                Arguments.of(null, null, new None()),
                Arguments.of("Bearer abc", null, new Bearer("abc")),
                Arguments.of("bearer abc", null, new Bearer("abc")),
                Arguments.of("BEARER abc", "key", new Bearer("abc")),
                Arguments.of("Bearer ", "key", new Bearer("")),
                Arguments.of("Bearer", "key", new ApiKey("key")),
                Arguments.of("Basic abc", "key", new ApiKey("key")),
                Arguments.of("Basic abc", null, new None()),
                Arguments.of(null, "key", new ApiKey("key")),
                Arguments.of(null, "", new ApiKey("")),
                Arguments.of("Bearer \u00fc", "key", new Malformed("Authorization")),
                Arguments.of("Basic \u0001", "key", new Malformed("Authorization")),
                Arguments.of("Bearer abc", "\u00fc", new Bearer("abc")),
                Arguments.of(null, "k\u007f", new Malformed("API key")));
    }

    @ParameterizedTest
    @MethodSource("headers")
    void bearerGoesBeforeKeyAndOtherSchemesArePassedOver(
            @Nullable String authorization, @Nullable String apiKey, Credential expected) {
        assertThat(Credential.of(authorization, apiKey)).isEqualTo(expected);
    }

    @Test
    void secretsAreNotPrinted() {
        assertThat(new Bearer("hunter2").toString()).doesNotContain("hunter2");
        assertThat(new ApiKey("hunter2").toString()).doesNotContain("hunter2");
    }
}
