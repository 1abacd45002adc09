package dev.tasker.engine.internal.domainevent;

import dev.tasker.engine.EngineException;
import dev.tasker.engine.ErrorCode;
import java.util.List;

/**
 * Which event names a subscriber wants (04 §6.6): {@code *} stands for exactly one segment, a last {@code **} for one or more, {@code *}
 * alone for every name.
 */
record EventPattern(String text, List<String> segments) {
    private static final String ONE = "*";
    private static final String REST = "**";

    static EventPattern of(String text) {
        List<String> segments = List.of(text.split("\\.", -1));
        for (int i = 0; i < segments.size(); i++) {
            String segment = segments.get(i);
            boolean last = i == segments.size() - 1;
            if (segment.isEmpty()
                    || (segment.equals(REST) && !last)
                    || (segment.contains(ONE) && !segment.equals(ONE) && !segment.equals(REST))) {
                throw new EngineException(
                        ErrorCode.INVALID_REQUEST,
                        "pattern: '" + text + "' (expected: segments joined by dots, each a word or *, the last one **"
                                + " perhaps)");
            }
        }
        return new EventPattern(text, segments);
    }

    boolean matches(String eventName) {
        if (text.equals(ONE)) {
            return true;
        }
        String[] name = eventName.split("\\.", -1);
        boolean open = segments.getLast().equals(REST);
        int fixed = open ? segments.size() - 1 : segments.size();
        if (open ? name.length <= fixed : name.length != fixed) {
            return false;
        }
        for (int i = 0; i < fixed; i++) {
            if (!segments.get(i).equals(ONE) && !segments.get(i).equals(name[i])) {
                return false;
            }
        }
        return true;
    }
}
