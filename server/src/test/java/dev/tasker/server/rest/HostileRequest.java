package dev.tasker.server.rest;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.regex.Matcher;

/**
 * A request that no client of good will sends, made from a seed: bodies, queries, paths, headers and tokens that are broken, too large, or of
 * another kind than expected. None of them asks for something that could be done: templates, tasks and steps are named that do not exist.
 *
 * @param text the bytes to send, each one a character
 * @param framed whether it is HTTP enough to be answered on a connection that stays open
 */
record HostileRequest(String method, String text, boolean framed) {
    private static final int TRUNCATED_MAX = 40;
    private static final List<String> METHODS = List.of(
            "GET", "GET", "GET", "POST", "POST", "POST", "PATCH", "PATCH", "DELETE", "PUT", "HEAD", "OPTIONS", "BREW");

    private static final String CYCLE = """
        name: cycle
        namespace_name: a
        version: none at all
        steps:
          - {name: a, dependencies: [b]}
          - {name: b, dependencies: [a]}
        """;

    private static final List<String> BODIES = List.of(
            "{\"name\":\"unknown\",\"namespace\":\"nobody\",\"version\":\"1.0.0\",\"initiator\":\"a\",\"source_system\":\"b\","
                + "\"reason\":\"c\",\"context\":{\"n\":1},\"tags\":[\"x\"],\"priority\":1}",
            "{\"action_type\":\"reset_for_retry\",\"reset_by\":\"me\",\"reason\":\"because\"}",
            "{\"resolution_status\":\"manually_resolved\",\"resolution_notes\":\"n\",\"resolved_by\":\"me\",\"metadata\":{}}",
            "{\"worker_name\":\"w\",\"slots\":-1,\"namespaces\":[\"shop\"],\"handlers\":[{\"namespace\":\"shop\"}]}",
            "{\"task_uuids\":[\"00000000-0000-0000-0000-000000000000\"],\"reason\":\"r\",\"dry_run\":true}",
            CYCLE,
            "{\"result\":{\"success\":true},\"lease_token\":7}",
            "");

    private static final List<String> VALUES = List.of(
            "null",
            "true",
            "-1",
            "1e400",
            "99999999999999999999",
            "0.1",
            "[]",
            "{}",
            "\"\"",
            "\"\\u0000\"",
            "\"\\ud800\"",
            "\"\u202e\"",
            "\"'; DROP TABLE tasks; --\"",
            "\"${jndi:ldap://x}\"",
            "\"../../etc/passwd\"");

    private static final List<String> TYPES = List.of(
            "application/json",
            "application/json",
            "application/json",
            "application/json; charset=utf-16",
            "text/plain",
            "application/yaml",
            "multipart/form-data; boundary=x",
            "application/x-protobuf",
            "*/*",
            "");

    byte[] bytes() {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** The request of a seed, to one of these paths, with this token every other time. */
    static HostileRequest of(long seed, List<String> paths, String token) {
        Random random = new Random(seed);
        String method = pick(random, METHODS);
        String target = target(random, paths);
        byte[] body = method.equals("GET") || method.equals("HEAD") ? new byte[0] : body(random, target);
        boolean framed = random.nextInt(50) != 0;
        StringBuilder head = new StringBuilder(method + " " + target + " HTTP/1.1\r\nHost: localhost\r\n");
        authorization(random, token, head);
        if (body.length > 0 || random.nextInt(10) == 0) {
            head.append("Content-Type: ").append(pick(random, TYPES)).append("\r\n");
        }
        if (random.nextInt(10) == 0) {
            head.append(pick(
                                    random,
                                    List.<Supplier<String>>of(
                                            () -> "x-request-id: " + text(random, 200),
                                            () -> "Idempotency-Key: " + text(random, 2_000),
                                            () -> "Prefer: wait=" + random.nextLong(),
                                            () -> "traceparent: 00-" + text(random, 40),
                                            () -> "Accept: " + text(random, 30),
                                            () -> "Origin: " + text(random, 60),
                                            () -> "Last-Event-ID: " + text(random, 20),
                                            () -> "X-" + "a".repeat(random.nextInt(3_000)) + ": b"))
                            .get())
                    .append("\r\n");
        }
        String length = framed
                ? Integer.toString(body.length)
                : pick(random, List.of("-1", "99999999999", "abc", "0x10", Integer.toString(body.length + 7), ""));
        head.append("Content-Length: ").append(length).append("\r\n");
        if (!framed && random.nextBoolean()) {
            head.append(pick(
                    random,
                    List.of(
                            "Transfer-Encoding: chunked\r\n",
                            "Transfer-Encoding: gzip, identity\r\n",
                            "No colon here\r\n",
                            ": empty\r\n",
                            "Bad\0Name: x\r\n",
                            "Content-Length: 3\r\n",
                            "Upgrade: h2c\r\nConnection: Upgrade\r\n")));
        }
        head.append("\r\n").append(new String(body, StandardCharsets.ISO_8859_1));
        return new HostileRequest(method, head.toString(), framed);
    }

    private static void authorization(Random random, String token, StringBuilder head) {
        switch (random.nextInt(8)) {
            case 0 -> {}
            case 1 ->
                head.append("Authorization: Bearer ").append(text(random, 300)).append("\r\n");
            case 2 -> // alg none, with claims
                head.append("Authorization: Bearer eyJhbGciOiJub25lIn0.eyJwZXJtaXNzaW9ucyI6WyIqIl19.\r\n");
            case 3 -> {
                char[] broken = token.toCharArray();
                broken[random.nextInt(broken.length)] = 'A';
                head.append("Authorization: Bearer ").append(broken).append("x\r\n");
            }
            default -> head.append("Authorization: Bearer ").append(token).append("\r\n");
        }
    }

    private static String target(Random random, List<String> paths) {
        String path = pick(random, paths)
                .replaceAll(
                        "\\{[^}]*}",
                        switch (random.nextInt(4)) {
                            case 0 -> new UUID(random.nextLong(), random.nextLong()).toString();
                            case 1 -> "%" + Integer.toHexString(random.nextInt(256));
                            case 2 -> "..%2f..%2fetc";
                            default -> "a".repeat(1 + random.nextInt(200));
                        });
        return switch (random.nextInt(6)) {
            case 0 -> path + "?" + query(random);
            case 1 -> path + "?" + query(random) + "&" + query(random);
            case 2 -> path + "/" + "%zz%".substring(random.nextInt(4));
            case 3 -> "/" + "%2e".repeat(random.nextInt(20)) + path;
            default -> path;
        };
    }

    private static String query(Random random) {
        String name = pick(
                random,
                List.of(
                        "page",
                        "per_page",
                        "limit",
                        "cursor",
                        "status",
                        "namespace",
                        "hours",
                        "min_executions",
                        "tag",
                        "wait",
                        "resolution_status",
                        "include_total",
                        "created_after",
                        "a[b]",
                        "%00"));
        String value = pick(
                random,
                List.of(
                        "-1",
                        "0",
                        "1e9",
                        "99999999999999999999",
                        "%ff%fe",
                        "%00",
                        "",
                        "null",
                        "' OR 1=1",
                        "*",
                        "2026-13-45T99:99",
                        "x&y=="));
        return name + "=" + value.replace(' ', '+');
    }

    private static byte[] body(Random random, String target) {
        String text =
                target.contains("/templates") ? CYCLE : pick(random, BODIES); // others may be templates, by accident
        switch (random.nextInt(8)) {
            case 0 -> text = text.substring(0, Math.max(0, text.length() - 1 - random.nextInt(TRUNCATED_MAX)));
            case 1 -> text = text.replaceFirst(":[^,}]*", ":" + Matcher.quoteReplacement(pick(random, VALUES)));
            case 2 -> text = "[".repeat(1 + random.nextInt(20_000));
            case 3 -> text = "{\"context\":" + "{\"a\":".repeat(random.nextInt(2_000));
            case 4 -> text = pick(random, VALUES);
            case 5 -> text = "{\"" + "k".repeat(random.nextInt(100_000)) + "\":1}";
            default -> {}
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        for (int flips = random.nextInt(4); flips > 0 && bytes.length > 0; flips--) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        return bytes;
    }

    private static String text(Random random, int lengthMax) {
        StringBuilder text = new StringBuilder();
        for (int length = random.nextInt(lengthMax); length > 0; length--) {
            text.append((char) (0x21 + random.nextInt(0x5e)));
        }
        return text.toString();
    }

    private static <T> T pick(Random random, List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }
}
