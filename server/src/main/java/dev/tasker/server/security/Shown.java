package dev.tasker.server.security;

/** Text of strangers as a log may show it: on one line, and not much of it. */
final class Shown {
    private static final int LENGTH_MAX = 100;

    private Shown() {}

    static String of(String text) {
        String start = text.length() > LENGTH_MAX ? text.substring(0, LENGTH_MAX) + "…" : text;
        return start.replaceAll("\\p{C}", "?");
    }
}
