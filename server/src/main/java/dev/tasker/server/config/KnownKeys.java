package dev.tasker.server.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** All keys of 02 §10: those a record is filled from and those accepted without effect. */
final class KnownKeys {
    private static final String RESOURCE = "keys-without-effect.txt";

    private final Set<String> effective;
    private final Set<String> elsewhere;

    /**
     * @param effective keys that have an effect in this process, by their general name
     * @param elsewhere keys that have one in processes of another kind
     */
    KnownKeys(Set<String> effective, Set<String> elsewhere) {
        this.effective = effective;
        this.elsewhere = elsewhere;
    }

    /** @param effective keys by their general name, of one kind of process */
    KnownKeys(Set<String> effective) {
        this(effective, Set.of());
    }

    /** Notes a violation for every unknown key; those without effect. */
    List<String> judge(Map<String, Located> values, List<Violation> violations) {
        List<String> unused = new ArrayList<>();
        values.forEach((key, located) -> {
            if (isIdle(key)) {
                unused.add(key);
            } else if (!isKnown(key)) {
                violations.add(
                        new Violation(located.origin(), key, "unknown key (nearest known: " + nearest(key) + ")"));
            }
        });
        return unused;
    }

    boolean isIdle(String key) {
        if (isEffective(key)) {
            return false;
        }
        return elsewhere.contains(KeyFacts.general(key))
                || elsewhere.contains(listOf(key))
                || (reason(key) != null && !effective.contains(listOf(key)));
    }

    boolean isKnown(String key) {
        return isEffective(key) || isIdle(key);
    }

    private boolean isEffective(String key) {
        return effective.contains(KeyFacts.general(key));
    }

    /** The key of the list in whose tables the key is, or the key itself. */
    private static String listOf(String key) {
        int bracket = key.indexOf('[');
        return bracket < 0 ? key : key.substring(0, bracket);
    }

    /** The known key that takes the fewest changed characters to reach. */
    String nearest(String key) {
        Set<String> all = new TreeSet<>(Idle.REASONS.keySet());
        all.addAll(effective);
        all.addAll(elsewhere);
        return nearest(KeyFacts.general(key), all);
    }

    static String nearest(String key, Collection<String> candidates) {
        String best = "";
        int bestDistance = Integer.MAX_VALUE;
        for (String candidate : candidates) {
            int distance = distance(key, candidate);
            if (distance < bestDistance) {
                best = candidate;
                bestDistance = distance;
            }
        }
        return best;
    }

    /** Why a key of the earlier system has no effect here, null when it is none of those. */
    static @Nullable String reason(String key) {
        return Idle.REASONS.get(listOf(key));
    }

    /** The keys without effect, with the reason. */
    static Map<String, String> idle() {
        return Idle.REASONS;
    }

    /** Levenshtein distance. */
    private static int distance(String left, String right) {
        int[] previous = new int[right.length() + 1];
        for (int j = 0; j < previous.length; j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= left.length(); i++) {
            int[] current = new int[right.length() + 1];
            current[0] = i;
            for (int j = 1; j <= right.length(); j++) {
                int change = left.charAt(i - 1) == right.charAt(j - 1) ? 0 : 1;
                current[j] = Math.min(previous[j - 1] + change, 1 + Math.min(previous[j], current[j - 1]));
            }
            previous = current;
        }
        return previous[right.length()];
    }

    /** Read on first use. */
    private static final class Idle {
        private static final Map<String, String> REASONS = read();

        /** A line that begins with {@code #} is the reason for the keys below it. */
        private static Map<String, String> read() {
            try (InputStream in = KnownKeys.class.getResourceAsStream(RESOURCE)) {
                if (in == null) {
                    throw new IllegalStateException(RESOURCE + ": not on the class path");
                }
                Map<String, String> reasons = new TreeMap<>();
                String reason = "";
                for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8)
                        .lines()
                        .filter(line -> !line.isBlank())
                        .toList()) {
                    if (line.startsWith("# ")) {
                        reason = line.substring(2);
                    } else {
                        reasons.put(line, reason);
                    }
                }
                return Map.copyOf(reasons);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
