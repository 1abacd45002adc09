package dev.tasker.cli;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.encoder.EncoderBase;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.event.KeyValuePair;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes log lines: for people, or a JSON object each. Fields come in one order, correlation ids first (03 §4.6); those of the thread and
 * those of the line are alike. Used by the appender, which lets in one thread at a time.
 */
public final class LogEncoder extends EncoderBase<ILoggingEvent> {
    private static final List<String> ORDER = List.of(
            "correlation_id",
            "request_id",
            "trace_id",
            "span_id",
            "task_uuid",
            "step_uuid",
            "namespace",
            "operation",
            "from_state",
            "to_state",
            "task_state",
            "step_name",
            "duration_ms",
            "count",
            "attempts",
            "error",
            "error_type");
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss.SSS").withZone(ZoneId.systemDefault());

    private boolean json;

    /** {@code json}, or anything else for text; called by the log's own configuration. */
    public void setFormat(String format) {
        json = format.equals("json");
    }

    @Override
    public byte[] headerBytes() {
        return new byte[0];
    }

    @Override
    public byte[] footerBytes() {
        return new byte[0];
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
        Map<String, Object> fields = fields(event);
        return (json ? json(event, fields) : text(event, fields)).getBytes(StandardCharsets.UTF_8);
    }

    private static Map<String, Object> fields(ILoggingEvent event) {
        Map<String, Object> found = new LinkedHashMap<>(event.getMDCPropertyMap());
        List<KeyValuePair> own = event.getKeyValuePairs();
        if (own != null) {
            own.forEach(pair -> found.put(pair.key, String.valueOf(pair.value)));
        }
        if (found.size() < 2) {
            return found;
        }
        Map<String, Object> ordered = new LinkedHashMap<>();
        for (String name : ORDER) {
            Object value = found.remove(name);
            if (value != null) {
                ordered.put(name, value);
            }
        }
        ordered.putAll(found);
        return ordered;
    }

    private static String text(ILoggingEvent event, Map<String, Object> fields) {
        String logger = event.getLoggerName();
        StringBuilder line = new StringBuilder(160)
                .append(TIME.format(event.getInstant()))
                .append(" %-5s ".formatted(event.getLevel()))
                .append(logger.substring(logger.lastIndexOf('.') + 1))
                .append(' ')
                .append(event.getFormattedMessage());
        fields.forEach(
                (name, value) -> line.append(' ').append(name).append('=').append(value));
        return line.append('\n').append(trace(event)).toString();
    }

    private static String json(ILoggingEvent event, Map<String, Object> fields) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("timestamp", event.getInstant().toString());
        line.put("level", event.getLevel().toString());
        line.put("message", event.getFormattedMessage());
        line.putAll(fields);
        line.put("target", event.getLoggerName());
        line.put("thread", event.getThreadName());
        if (event.getThrowableProxy() != null) {
            line.put("stack_trace", trace(event));
        }
        return JsonMapper.shared().writeValueAsString(line) + "\n";
    }

    private static String trace(ILoggingEvent event) {
        return event.getThrowableProxy() == null ? "" : ThrowableProxyUtil.asString(event.getThrowableProxy());
    }
}
