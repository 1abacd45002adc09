package dev.tasker.template;

import tools.jackson.databind.JsonNode;

/** Content of a document as it appears in messages: texts in quotes, and shortened when long. */
final class Quoted {
    private static final int SHOWN_MAX = 80;

    private Quoted() {}

    static String of(String text) {
        int end = Math.min(text.length(), SHOWN_MAX);
        String shown = text.substring(0, end).replace("\n", "\\n").replace("\r", "\\r");
        return end < text.length() ? "'" + shown + "...'" : "'" + shown + "'";
    }

    static String of(JsonNode value) {
        return switch (value.getNodeType()) {
            case OBJECT, POJO -> "a mapping";
            case ARRAY -> "a list";
            case STRING, BINARY -> of(value.asString());
            case NULL, MISSING -> "nothing";
            case BOOLEAN, NUMBER -> value.asString();
        };
    }
}
