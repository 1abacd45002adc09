package dev.tasker.engine;

import java.util.List;
import java.util.regex.Pattern;

/**
 * What is looked for in tasks and in what they were asked for (03 §6.2); everything is to be found.
 *
 * @param words each stands, in whatever case, within the name, namespace, version, initiator, source system, reason or one of the tags of a
 *     task; or, from eight hexadecimal digits on, at the beginning of its uuid or correlation id. A task whose uuid begins so is found however
 *     old it is. At most {@link #WORDS_MAX}
 * @param context values within the context, at most {@link #VALUES_MAX}
 */
public record TaskSearch(List<String> words, List<At> context) {
    public static final int WORDS_MAX = 10;
    public static final int VALUES_MAX = 5;

    /** Restricts nothing. */
    public static final TaskSearch NOTHING = new TaskSearch(List.of(), List.of());

    private static final int WORD_LENGTH_MAX = 200;
    private static final int VALUE_LENGTH_MAX = 10_000; // no string of a context is longer
    private static final int KEYS_MAX = 10; // no context is deeper
    private static final int PATH_LENGTH_MAX = 1_000;
    private static final Pattern BLANKS = Pattern.compile("\\s+");

    /** Fails with {@link EngineException}, {@link ErrorCode#INVALID_REQUEST}. */
    public TaskSearch {
        words = List.copyOf(words);
        context = List.copyOf(context);
        if (words.size() > WORDS_MAX) {
            throw refused("q: " + words.size() + " words (expected: at most " + WORDS_MAX + ")");
        }
        for (String word : words) {
            if (word.length() > WORD_LENGTH_MAX) {
                throw refused(
                        "q: a word of " + word.length() + " characters (expected: at most " + WORD_LENGTH_MAX + ")");
            }
            requireStorable("q", word);
        }
        if (context.size() > VALUES_MAX) {
            throw refused("context: " + context.size() + " values (expected: at most " + VALUES_MAX + ")");
        }
    }

    /**
     * A value at a place in the context.
     *
     * @param path keys of objects, or indexes of arrays, with dots between them; a key that has a dot cannot be named
     * @param value a string of exactly this text, or the number, {@code true}, {@code false} or {@code null} that this text is; numbers are
     *     compared by value
     */
    public record At(String path, String value) {
        /** Fails with {@link EngineException}, {@link ErrorCode#INVALID_REQUEST}. */
        public At {
            List<String> keys = List.of(path.split("\\.", -1));
            if (path.length() > PATH_LENGTH_MAX || keys.size() > KEYS_MAX || keys.contains("")) {
                throw refused("context." + shown(path) + ": no path (expected: 1 to " + KEYS_MAX
                        + " keys with dots between them, " + PATH_LENGTH_MAX + " characters at most)");
            }
            requireStorable("context." + shown(path), path);
            requireStorable("context." + shown(path), value);
            if (value.length() > VALUE_LENGTH_MAX) {
                throw refused("context." + shown(path) + ": a value of " + value.length()
                        + " characters (expected: at most " + VALUE_LENGTH_MAX + ")");
            }
        }
    }

    /** Looks for the words of a text. */
    public static TaskSearch words(String text) {
        return NOTHING.withWords(text);
    }

    /** The words of a text instead of those there are; a text without any restricts nothing. */
    public TaskSearch withWords(String text) {
        String stripped = text.strip();
        return new TaskSearch(stripped.isEmpty() ? List.of() : List.of(BLANKS.split(stripped)), context);
    }

    public boolean isNothing() {
        return words.isEmpty() && context.isEmpty();
    }

    private static void requireStorable(String name, String text) {
        if (text.indexOf('\0') >= 0) {
            throw refused(name.replace("\0", "") + ": has a null character (expected: text)");
        }
    }

    private static String shown(String path) {
        return path.length() > WORD_LENGTH_MAX ? path.substring(0, WORD_LENGTH_MAX) + "…" : path;
    }

    private static EngineException refused(String message) {
        return new EngineException(ErrorCode.INVALID_REQUEST, message);
    }
}
