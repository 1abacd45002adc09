package dev.tasker.template;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * A spot in a document: where it stands in the text and how it is reached from the root.
 *
 * @param line 1-based, 0 when there is no text
 * @param column 1-based, 0 when there is no text
 * @param parent null for the root
 * @param segment key or index below the parent
 */
record Place(int line, int column, @Nullable Place parent, String segment) {
    /** The root of a document that was not read from text. */
    static final Place NOWHERE = new Place(0, 0, null, "");

    /** The root of a document, for findings about the text as a whole. */
    static Place inText(int line, int column) {
        return new Place(line, column, null, "");
    }

    /** A member of this place that has no spot of its own in the text. */
    Place member(String key) {
        return new Place(line, column, this, key);
    }

    String jsonPointer() {
        Deque<String> segments = new ArrayDeque<>();
        for (Place place = this; place.parent != null; place = place.parent) {
            segments.push(place.segment.replace("~", "~0").replace("/", "~1"));
        }
        StringBuilder pointer = new StringBuilder();
        segments.forEach(part -> pointer.append('/').append(part));
        return pointer.toString();
    }
}
