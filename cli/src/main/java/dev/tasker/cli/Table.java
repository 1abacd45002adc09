package dev.tasker.cli;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Text in columns that are as wide as what is in them. */
final class Table {
    private static final int CELL_MAX = 100;

    private final List<List<String>> rows = new ArrayList<>();

    private Table() {}

    /** With a first row of titles. */
    static Table titled(String... titles) {
        return new Table().row((Object[]) titles);
    }

    /** Without titles: names and values. */
    static Table plain() {
        return new Table();
    }

    /** Null is shown as a dash. */
    Table row(@Nullable Object... cells) {
        rows.add(Arrays.stream(cells).map(Table::text).toList());
        return this;
    }

    static String text(@Nullable Object value) {
        String text = switch (value) {
            case null -> "-";
            case Instant time -> time.truncatedTo(ChronoUnit.MILLIS).toString();
            case Double number -> String.format(Locale.ROOT, "%.2f", number);
            default -> value.toString().replaceAll("\\s+", " ");
        };
        return text.length() <= CELL_MAX ? text : text.substring(0, CELL_MAX - 3) + "...";
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        int columns = rows.stream().mapToInt(List::size).max().orElse(0);
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int i = 0; i < row.size(); i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < row.size(); i++) {
                line.append(row.get(i)).repeat(' ', widths[i] - row.get(i).length() + 2);
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }
}
