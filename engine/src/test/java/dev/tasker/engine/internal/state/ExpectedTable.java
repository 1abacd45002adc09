package dev.tasker.engine.internal.state;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A hand-written table of transitions. A line is {@code Event (figures): from > to, from > to}; an event without transitions stands alone.
 * What is not written is refused.
 */
final class ExpectedTable<S extends Enum<S>> {
    private final Map<String, Map<S, S>> transitions = new TreeMap<>();

    ExpectedTable(Class<S> states, String table) {
        for (String line : table.lines().filter(line -> !line.isBlank()).toList()) {
            List<String> halves = List.of(line.split(":", -1));
            Map<S, S> ofEvent = new HashMap<>();
            for (String arrow :
                    halves.size() == 1 ? new String[0] : halves.get(1).split(",", -1)) {
                List<String> ends = List.of(arrow.split(">", -1));
                S from = state(states, ends.get(0));
                if (ofEvent.put(from, state(states, ends.get(1))) != null) {
                    throw new IllegalArgumentException("two answers: " + line);
                }
            }
            if (transitions.put(halves.getFirst().strip(), ofEvent) != null) {
                throw new IllegalArgumentException("event twice: " + line);
            }
        }
    }

    private static <S extends Enum<S>> S state(Class<S> states, String text) {
        return Enum.valueOf(states, text.strip().toUpperCase(Locale.ROOT));
    }

    /** The events of the table, by {@link EventSamples.Sample#name()}. */
    Set<String> events() {
        return new TreeSet<>(transitions.keySet());
    }

    /** What the event makes of the state, null when it is refused. */
    @Nullable
    S next(S from, String event) {
        return transitions.getOrDefault(event, Map.of()).get(from);
    }
}
