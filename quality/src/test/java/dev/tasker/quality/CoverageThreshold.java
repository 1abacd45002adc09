package dev.tasker.quality;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jacoco.core.analysis.IClassCoverage;

/** One row of the threshold table: the line coverage some classes of a module must reach, in percent. */
record CoverageThreshold(String module, String classes, int minimumPercent) {
    CoverageThreshold {
        if (minimumPercent < 0 || minimumPercent > 100) {
            throw new IllegalArgumentException(module + ": " + minimumPercent + " (expected: 0 to 100 percent)");
        }
    }

    static List<CoverageThreshold> read(Path table) throws IOException {
        return Files.readAllLines(table).stream()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .map(CoverageThreshold::parse)
                .toList();
    }

    private static CoverageThreshold parse(String line) {
        String[] cells = line.split(",", -1);
        if (cells.length != 3) {
            throw new IllegalArgumentException(line + " (expected: module,classes,minimum)");
        }
        return new CoverageThreshold(cells[0].strip(), cells[1].strip(), Integer.parseInt(cells[2].strip()));
    }

    boolean wholeModule() {
        return classes.isEmpty();
    }

    boolean matches(IClassCoverage coverage) {
        if (wholeModule()) {
            return true;
        }
        String name = coverage.getName().replace('/', '.');
        if (classes.endsWith(".*")) {
            return name.startsWith(classes.substring(0, classes.length() - 1));
        }
        return name.equals(classes) || name.startsWith(classes + "$");
    }
}
