package dev.tasker.engine.internal.migration;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a migration's file says in its first comment lines about running it on a database in use: {@code -- Locks: …} and {@code -- Cost: …}.
 *
 * @param locks what it locks, and who waits for that
 * @param cost how long it takes, by what
 */
public record Announcement(String locks, String cost) {
    private static final Pattern LOCKS = line("Locks");
    private static final Pattern COST = line("Cost");

    /** Of a file that is not in this version. */
    public static final Announcement UNKNOWN = new Announcement("unknown", "unknown");

    /** The announcement at the head of {@code sql}, empty when a line is missing. */
    public static Optional<Announcement> in(String sql) {
        String head = sql.lines().takeWhile(line -> line.startsWith("--")).reduce("", (all, line) -> all + line + "\n");
        String locks = find(LOCKS, head);
        String cost = find(COST, head);
        return locks == null || cost == null ? Optional.empty() : Optional.of(new Announcement(locks, cost));
    }

    /** The announcement of a file below {@code folder} on the class path. */
    public static Announcement of(Class<?> neighbour, String folder, String script) {
        try (InputStream in = neighbour.getResourceAsStream(folder + "/" + script)) {
            return in == null
                    ? UNKNOWN
                    : in(new String(in.readAllBytes(), StandardCharsets.UTF_8)).orElse(UNKNOWN);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Pattern line(String word) {
        return Pattern.compile("^-- " + word + ": (\\S.*)$", Pattern.MULTILINE);
    }

    private static @Nullable String find(Pattern pattern, String head) {
        Matcher matcher = pattern.matcher(head);
        return matcher.find() ? matcher.group(1).strip() : null;
    }
}
