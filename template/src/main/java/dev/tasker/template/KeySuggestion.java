package dev.tasker.template;

import java.util.Collection;
import java.util.Comparator;
import java.util.stream.IntStream;

/** Finds the word an author probably meant (spec 06 §13.5). */
final class KeySuggestion {
    private static final int LENGTH_MAX = 128;
    private static final int CANDIDATES_MAX = 2000;
    private static final int EDITS_MAX = 3;

    private KeySuggestion() {}

    /** {@code "; did you mean 'name'?"}, or empty text when nothing is near enough. */
    static String hint(String found, Collection<String> candidates) {
        if (found.length() > LENGTH_MAX || candidates.size() > CANDIDATES_MAX) {
            return "";
        }
        int limit = Math.min(EDITS_MAX, Math.max(1, found.length() / 2));
        return candidates.stream()
                .filter(candidate -> !candidate.equals(found) && Math.abs(candidate.length() - found.length()) <= limit)
                .map(candidate -> new Candidate(candidate, edits(found, candidate)))
                .filter(candidate -> candidate.edits <= limit)
                .min(Comparator.comparingInt(Candidate::edits).thenComparing(Candidate::word))
                .map(candidate -> "; did you mean '" + candidate.word + "'?")
                .orElse("");
    }

    /** The Levenshtein distance, one row at a time. */
    private static int edits(String from, String to) {
        int[] previous = IntStream.rangeClosed(0, to.length()).toArray();
        for (int i = 1; i <= from.length(); i++) {
            int[] current = new int[to.length() + 1];
            current[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int replaced = previous[j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(replaced, 1 + Math.min(previous[j], current[j - 1]));
            }
            previous = current;
        }
        return previous[to.length()];
    }

    private record Candidate(String word, int edits) {}
}
