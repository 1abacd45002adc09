package dev.tasker.server.config;

/**
 * Where a value was set.
 *
 * @param source a file, or a variable with its {@code $}
 * @param line in the file from 1, or 0 for what has none
 */
public record Origin(String source, int line) {

    static Origin variable(String name) {
        return new Origin("$" + name, 0);
    }

    @Override
    public String toString() {
        return line == 0 ? source : source + ", line " + line;
    }
}
