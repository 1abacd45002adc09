package dev.tasker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class LogEncoderTest {
    private final LoggerContext context = new LoggerContext();

    @Test
    void jsonHasItsFieldsInOneOrderWhereverTheyComeFrom() {
        LoggingEvent event = event(null);
        event.setMDCPropertyMap(Map.of("request_id", "r", "zeta", "z", "step_uuid", "s"));
        event.addKeyValuePair(new KeyValuePair("error", "e"));
        event.addKeyValuePair(new KeyValuePair("correlation_id", "c"));

        String line = encoded("json", event);

        assertThat(line).endsWith("}\n").doesNotContain("stack_trace");
        JsonNode json = JsonMapper.shared().readTree(line);
        assertThat(json.propertyNames())
                .containsExactly(
                        "timestamp",
                        "level",
                        "message",
                        "correlation_id",
                        "request_id",
                        "step_uuid",
                        "error",
                        "zeta",
                        "target",
                        "thread");
        assertThat(json.get("timestamp").asString()).isEqualTo("2026-03-14T09:26:58.589Z");
        assertThat(json.get("message").asString()).isEqualTo("told 7 \"times\"");
        assertThat(json.get("target").asString()).isEqualTo("dev.tasker.Teller");
    }

    @Test
    void failureIsPartOfItsLine() {
        LoggingEvent event = event(new IllegalStateException("broken"));
        event.setMDCPropertyMap(Map.of());

        String line = encoded("json", event);

        assertThat(line.lines()).hasSize(1);
        assertThat(JsonMapper.shared().readTree(line).get("stack_trace").asString())
                .startsWith("java.lang.IllegalStateException: broken");
        assertThat(encoded("text", event)).contains("Teller told 7 \"times\"\njava.lang.IllegalStateException: broken");
    }

    @Test
    void textEndsWithTheFields() {
        LoggingEvent event = event(null);
        event.setMDCPropertyMap(Map.of("task_uuid", "t"));
        event.addKeyValuePair(new KeyValuePair("correlation_id", "c"));

        assertThat(encoded("text", event))
                .matches("\\d\\d:\\d\\d:58\\.589 WARN  Teller told 7 \"times\" correlation_id=c task_uuid=t\n");
    }

    private String encoded(String format, LoggingEvent event) {
        LogEncoder encoder = new LogEncoder();
        encoder.setFormat(format);
        return new String(encoder.headerBytes(), StandardCharsets.UTF_8)
                + new String(encoder.encode(event), StandardCharsets.UTF_8)
                + new String(encoder.footerBytes(), StandardCharsets.UTF_8);
    }

    private LoggingEvent event(@Nullable Throwable failure) {
        LoggingEvent event = new LoggingEvent(
                "x", context.getLogger("dev.tasker.Teller"), Level.WARN, "told {} \"times\"", failure, new Object[] {7
                });
        event.setInstant(Instant.parse("2026-03-14T09:26:58.589Z"));
        return event;
    }
}
