package dev.tasker.template;

/** Text from a document as it appears in messages: in quotes, and shortened when long. */
final class Quoted {
    private static final int SHOWN_MAX = 80;

    private Quoted() {}

    static String of(String text) {
        int end = Math.min(text.length(), SHOWN_MAX);
        String shown = text.substring(0, end).replace("\n", "\\n").replace("\r", "\\r");
        return end < text.length() ? "'" + shown + "...'" : "'" + shown + "'";
    }
}
