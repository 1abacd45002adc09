package dev.tasker.template;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Collects what is found in one document; not thread-safe. Keeps a bounded number of each severity. */
final class Findings {
    private static final int KEPT_PER_SEVERITY = 500;

    private final String file;
    private final List<Finding> kept = new ArrayList<>();
    private final EnumMap<Severity, Integer> counts = new EnumMap<>(Severity.class);

    Findings(String file) {
        this.file = file;
    }

    void add(String code, Severity severity, String message, @Nullable String step, Place place) {
        if (counts.merge(severity, 1, Integer::sum) <= KEPT_PER_SEVERITY) {
            kept.add(new Finding(
                    code, severity, message, step, file, place.line(), place.column(), place.jsonPointer()));
        }
    }

    boolean hasErrors() {
        return counts.containsKey(Severity.ERROR);
    }

    /** An exception for an error after which reading on makes no sense. */
    TemplateException fatal(String code, String message, Place place) {
        add(code, Severity.ERROR, message, null, place);
        return new TemplateException(list());
    }

    void throwErrors() {
        if (hasErrors()) {
            throw new TemplateException(list());
        }
    }

    /** In the order of the text; ends with a note when some were dropped. */
    List<Finding> list() {
        List<Finding> sorted = new ArrayList<>(kept);
        sorted.sort(Comparator.comparingInt(Finding::line).thenComparingInt(Finding::column));
        int dropped = counts.values().stream().mapToInt(Integer::intValue).sum() - kept.size();
        if (dropped > 0) {
            String message = dropped + " more findings are not shown";
            sorted.add(new Finding("FINDINGS_DROPPED", Severity.INFO, message, null, file, 0, 0, ""));
        }
        return List.copyOf(sorted);
    }
}
