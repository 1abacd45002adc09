package dev.tasker.template;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Builds one document from the events of a YAML or JSON parser. Bounds its depth and what aliases add to it, and
 * reports duplicate keys; of these the first one counts.
 */
final class LocatedBuilder {
    /** Lists and mappings inside each other. */
    static final int NESTING_MAX = 128;

    /** What all aliases together may add, in characters of text plus a few for every node. */
    static final long ALIASED_SIZE_MAX = 4L << 20;

    private static final int NODE_SIZE = 8;

    private final Findings findings;
    private final Deque<Frame> open = new ArrayDeque<>();
    private final Map<String, Anchored> anchors = new HashMap<>();
    private long aliasedSize;
    private @Nullable Located root;

    LocatedBuilder(Findings findings) {
        this.findings = findings;
    }

    /** Whether the next scalar is the key of a mapping. */
    boolean expectsKey() {
        Frame frame = open.peek();
        return frame != null && frame.members != null && frame.key == null;
    }

    void startMapping(Place spot, @Nullable String anchor) {
        start(spot, anchor, true);
    }

    void startSequence(Place spot, @Nullable String anchor) {
        start(spot, anchor, false);
    }

    void key(String key, Place spot, @Nullable String anchor) {
        Frame frame = open.element();
        Place place = new Place(spot.line(), spot.column(), frame.place, key);
        Located.Member first = frame.mapping().get(key);
        if (first != null) {
            String message = Quoted.of(key) + ": given again (expected: once; the first is on line "
                    + first.key().line() + ")";
            findings.add("DUPLICATE_KEY", Severity.ERROR, message, null, place);
        }
        if (anchor != null) {
            Located text = new Located.Scalar(place, JsonNodeFactory.instance.stringNode(key));
            anchors.put(anchor, new Anchored(text, NODE_SIZE + key.length()));
        }
        frame.key = place;
        frame.size += NODE_SIZE + key.length();
    }

    void scalar(JsonNode value, int textLength, Place spot, @Nullable String anchor) {
        Located scalar = new Located.Scalar(placeOfNext(spot), value);
        complete(scalar, NODE_SIZE + textLength, anchor);
    }

    void alias(String anchor, Place spot) {
        Anchored target = anchors.get(anchor);
        if (expectsKey() || target == null) {
            String message = "*" + anchor + ": alias without a complete value to stand for"
                    + " (expected: the name of an anchor that ends before this line, used as a value)";
            throw findings.fatal("YAML_ALIAS", message, placeOfNext(spot));
        }
        aliasedSize += target.size;
        if (aliasedSize > ALIASED_SIZE_MAX) {
            String message = "*" + anchor + ": aliases blow the document up (expected: at most " + ALIASED_SIZE_MAX
                    + " characters added by aliases)";
            throw findings.fatal("YAML_ALIAS", message, placeOfNext(spot));
        }
        complete(target.node, target.size, null);
    }

    void end() {
        Frame frame = open.pop();
        complete(frame.node(), frame.size, frame.anchor);
    }

    /** The finished document, null when there was none. */
    @Nullable
    Located root() {
        return root;
    }

    private void start(Place spot, @Nullable String anchor, boolean mapping) {
        Place place = placeOfNext(spot);
        if (expectsKey()) {
            String message = "a list or mapping used as a key (expected: text)";
            throw findings.fatal("YAML_KEY", message, place);
        }
        if (open.size() >= NESTING_MAX) {
            String message = "nested too deeply (expected: at most " + NESTING_MAX + " levels)";
            throw findings.fatal("NESTING_TOO_DEEP", message, place);
        }
        if (anchor != null) {
            anchors.remove(anchor);
        }
        open.push(new Frame(place, anchor, mapping));
    }

    private Place placeOfNext(Place spot) {
        Frame frame = open.peek();
        if (frame == null) {
            return spot;
        }
        if (frame.key != null) {
            return new Place(spot.line(), spot.column(), frame.place, frame.key.segment());
        }
        if (frame.members != null) {
            return new Place(spot.line(), spot.column(), frame.place.parent(), frame.place.segment());
        }
        return new Place(spot.line(), spot.column(), frame.place, Integer.toString(frame.items.size()));
    }

    private void complete(Located node, long size, @Nullable String anchor) {
        if (anchor != null) {
            anchors.put(anchor, new Anchored(node, size));
        }
        Frame frame = open.peek();
        if (frame == null) {
            root = node;
            return;
        }
        frame.size += size;
        Place key = frame.key;
        if (key == null) {
            frame.items.add(node);
            return;
        }
        frame.mapping().putIfAbsent(key.segment(), new Located.Member(key, node));
        frame.key = null;
    }

    private record Anchored(Located node, long size) {}

    /** A list or mapping whose end has not been read yet. */
    private static final class Frame {
        final Place place;
        final @Nullable String anchor;
        final @Nullable Map<String, Located.Member> members;
        final List<Located> items = new ArrayList<>();

        @Nullable
        Place key;

        long size = NODE_SIZE;

        Frame(Place place, @Nullable String anchor, boolean mapping) {
            this.place = place;
            this.anchor = anchor;
            this.members = mapping ? new LinkedHashMap<>() : null;
        }

        Map<String, Located.Member> mapping() {
            return Objects.requireNonNull(members, "key outside a mapping");
        }

        Located node() {
            return members != null
                    ? new Located.Mapping(place, Collections.unmodifiableMap(members))
                    : new Located.Sequence(place, Collections.unmodifiableList(items));
        }
    }
}
