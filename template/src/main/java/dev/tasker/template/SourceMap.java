package dev.tasker.template;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds the place in the text of something in a {@link TaskTemplate}. */
final class SourceMap {
    private static final Map<String, String> OTHER_SPELLINGS = Map.of(
            "dependencies", "depends_on", "type", "step_type", "namespace_name", "namespace", "max_attempts", "limit");

    private final @Nullable Located root;

    /** For a template read from text. */
    SourceMap(Located root) {
        this.root = root;
    }

    /** For a template built by a program. */
    SourceMap() {
        this.root = null;
    }

    /** The place a path of keys and indices leads to, or as near to it as the text goes. */
    Place find(Object... path) {
        Located current = root;
        Place place = current == null ? Place.NOWHERE : current.place();
        for (Object segment : path) {
            String key = segment.toString();
            current = current == null ? null : child(current, key);
            place = current == null ? place.member(key) : current.place();
        }
        return place;
    }

    private static @Nullable Located child(Located parent, String key) {
        return switch (parent) {
            case Located.Mapping mapping -> {
                Located.Member member = mapping.members().get(key);
                if (member == null) {
                    member = mapping.members().get(OTHER_SPELLINGS.getOrDefault(key, key));
                }
                yield member == null ? null : member.value();
            }
            case Located.Sequence sequence -> {
                int index = Integer.parseInt(key);
                yield index < sequence.items().size() ? sequence.items().get(index) : null;
            }
            case Located.Scalar _ -> null;
        };
    }
}
