package dev.tasker.server.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All keys of 02 §10: those a record is filled from and those accepted without effect. */
final class KnownKeys {
    private static final Logger log = LoggerFactory.getLogger(KnownKeys.class);

    private static final String RESOURCE = "keys-without-effect.txt";

    private final Set<String> effective;
    private final Set<String> idle;

    /**
     * @param effective keys that have an effect in this process
     * @param elsewhere keys that have an effect in processes of another kind
     */
    KnownKeys(Set<String> effective, Set<String> elsewhere) {
        this.effective = effective;
        this.idle = idleKeys();
        idle.addAll(elsewhere);
    }

    /** Notes a violation for every unknown key and logs those without effect. */
    void judge(Collection<String> keys, List<String> violations) {
        List<String> without = new ArrayList<>();
        for (String key : keys) {
            if (isIdle(key)) {
                without.add(key);
            } else if (!isKnown(key)) {
                violations.add(key + ": unknown key (nearest known: " + nearest(key) + ")");
            }
        }
        if (!without.isEmpty()) {
            log.info("Configuration keys without effect here: {}", String.join(", ", without));
        }
    }

    boolean isIdle(String key) {
        return isListedIdle(key) && !effective.contains(key) && !effective.contains(listOf(key));
    }

    boolean isKnown(String key) {
        return effective.contains(key) || (isListedIdle(key) && !effective.contains(listOf(key)));
    }

    private boolean isListedIdle(String key) {
        return idle.contains(listOf(key));
    }

    /** The key of the list in whose tables the key is, or the key itself. */
    private static String listOf(String key) {
        int bracket = key.indexOf('[');
        return bracket < 0 ? key : key.substring(0, bracket);
    }

    /** The known key that takes the fewest changed characters to reach. */
    String nearest(String key) {
        Set<String> all = new TreeSet<>(idle);
        all.addAll(effective);
        return nearest(key, all);
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

    private static Set<String> idleKeys() {
        try (InputStream in = KnownKeys.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException(RESOURCE + ": not on the class path");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank())
                    .collect(TreeSet::new, TreeSet::add, TreeSet::addAll);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
