package dev.tasker.server.health;

/**
 * How full a commit lane is.
 *
 * @param depth commands that wait
 * @param capacity commands that may wait
 */
public record LaneFill(String name, int depth, int capacity) {
    static final LaneFill NONE = new LaneFill("", 0, 1);

    double percent() {
        return 100.0 * depth / capacity;
    }
}
