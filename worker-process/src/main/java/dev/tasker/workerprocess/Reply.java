package dev.tasker.workerprocess;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** What goes back to a client. */
record Reply(int status, String contentType, String body, Map<String, String> headers) {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    Reply {
        headers = Map.copyOf(headers);
    }

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    /** The form Z of 03 §0.3. */
    static String time(Instant instant) {
        return instant.truncatedTo(ChronoUnit.MICROS).toString();
    }

    static Reply json(int status, ObjectNode body) {
        return new Reply(status, "application/json", MAPPER.writeValueAsString(body), Map.of());
    }

    static Reply ok(ObjectNode body) {
        return json(200, body);
    }

    static Reply text(String contentType, String body) {
        return new Reply(200, contentType, body, Map.of());
    }

    /** A query that cannot be read (03 §0.5). */
    static Reply badQuery(String fault) {
        return new Reply(400, "text/plain; charset=utf-8", "Failed to deserialize query string: " + fault, Map.of());
    }

    static Reply empty(int status, Map<String, String> headers) {
        return new Reply(status, "", "", headers);
    }

    /** The flat body of this server's errors (03 §1.13). */
    static Reply error(int status, String code, String message, Instant now) {
        ObjectNode body = object();
        body.put("error", code)
                .put("message", message)
                .put("timestamp", time(now))
                .putNull("request_id");
        return json(status, body);
    }

    /** The envelope of refused credentials (03 §1.2). */
    static Reply refused(int status, String code, String message, Map<String, String> headers) {
        ObjectNode body = object();
        body.putObject("error").put("code", code).put("message", message);
        return new Reply(status, "application/json", MAPPER.writeValueAsString(body), headers);
    }

    byte[] bytes() {
        return body.getBytes(StandardCharsets.UTF_8);
    }
}
