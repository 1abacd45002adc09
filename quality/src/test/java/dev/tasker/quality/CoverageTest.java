package dev.tasker.quality;

import static java.util.Comparator.comparingInt;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jacoco.core.analysis.Analyzer;
import org.jacoco.core.analysis.CoverageBuilder;
import org.jacoco.core.analysis.IClassCoverage;
import org.jacoco.core.tools.ExecFileLoader;
import org.junit.jupiter.api.Test;

/** Compares what the tests of all modules executed with {@code coverage-thresholds.csv}. */
class CoverageTest {
    private final List<CoverageThreshold> thresholds =
            CoverageThreshold.read(Module.repository().resolve("quality/coverage-thresholds.csv"));
    private final ExecFileLoader executed = executed();
    private final StringBuilder table = new StringBuilder();
    private final List<String> failures = new ArrayList<>();

    CoverageTest() throws IOException {}

    @Test
    void everyModuleReachesItsThreshold() throws IOException {
        table.append(
                String.format("%n%-55s %8s %8s %9s %8s%n", "Line coverage", "lines", "missed", "covered", "minimum"));
        for (Module module : Module.all()) {
            List<IClassCoverage> classes = coverage(module);
            for (CoverageThreshold threshold : thresholds) {
                if (threshold.module().equals(module.name())) {
                    check(threshold, classes);
                }
            }
        }
        System.out.println(table);
        assertThat(failures)
                .as("line coverage below quality/coverage-thresholds.csv")
                .isEmpty();
    }

    @Test
    void everyModuleHasOneRowAndEveryRowAModule() {
        List<String> modules = Module.all().stream().map(Module::name).toList();
        assertThat(thresholds)
                .filteredOn(CoverageThreshold::wholeModule)
                .extracting(CoverageThreshold::module)
                .containsExactlyInAnyOrderElementsOf(modules);
        assertThat(thresholds).extracting(CoverageThreshold::module).isSubsetOf(modules);
    }

    private void check(CoverageThreshold threshold, List<IClassCoverage> classesOfModule) {
        String name = threshold.wholeModule() ? threshold.module() : "  " + threshold.classes();
        List<IClassCoverage> classes =
                classesOfModule.stream().filter(threshold::matches).toList();
        int lines = classes.stream().mapToInt(CoverageTest::lines).sum();
        int missed = classes.stream().mapToInt(CoverageTest::missed).sum();
        if (lines == 0) {
            table.append(String.format("%-55s skipped: no executable lines written by hand yet%n", name));
            if (!classesOfModule.isEmpty() && !threshold.wholeModule()) {
                failures.add(
                        name.strip() + ": no class of " + threshold.module() + " matches (rename or remove the row)");
            }
            return;
        }

        boolean reached = 100L * (lines - missed) >= (long) threshold.minimumPercent() * lines;
        double percent = 100.0 * (lines - missed) / lines;
        table.append(String.format(
                Locale.ROOT,
                "%-55s %8d %8d %8.1f%% %7d%%%s%n",
                name,
                lines,
                missed,
                percent,
                threshold.minimumPercent(),
                reached ? "" : "  BELOW"));
        if (!reached) {
            failures.add(String.format(
                    Locale.ROOT,
                    "%s: %.1f%% (expected: at least %d%%), most lines missed in: %s",
                    name.strip(),
                    percent,
                    threshold.minimumPercent(),
                    mostMissed(classes)));
        }
    }

    private static String mostMissed(List<IClassCoverage> classes) {
        return String.join(
                ", ",
                classes.stream()
                        .filter(coverage -> missed(coverage) > 0)
                        .sorted(comparingInt(CoverageTest::missed).reversed())
                        .limit(10)
                        .map(coverage ->
                                coverage.getName().replace('/', '.') + " " + missed(coverage) + "/" + lines(coverage))
                        .toList());
    }

    /** The hand-written classes of a module that hold executable lines. */
    private List<IClassCoverage> coverage(Module module) throws IOException {
        var found = new CoverageBuilder();
        if (Files.isDirectory(module.classes())) {
            new Analyzer(executed.getExecutionDataStore(), found)
                    .analyzeAll(module.classes().toFile());
        }
        found.getNoMatchClasses()
                .forEach(stale -> table.append("executed in another build, so not counted: ")
                        .append(stale.getName())
                        .append('\n'));
        return found.getClasses().stream()
                .filter(coverage -> lines(coverage) > 0)
                .filter(coverage ->
                        !module.generated(coverage.getPackageName().replace('/', '.'), sourceFile(coverage)))
                .toList();
    }

    private static String sourceFile(IClassCoverage coverage) {
        return String.valueOf(coverage.getSourceFileName());
    }

    private static int lines(IClassCoverage coverage) {
        return coverage.getLineCounter().getTotalCount();
    }

    private static int missed(IClassCoverage coverage) {
        return coverage.getLineCounter().getMissedCount();
    }

    private static ExecFileLoader executed() throws IOException {
        var loader = new ExecFileLoader();
        for (Module module : Module.all()) {
            if (Files.exists(module.coverage())) {
                loader.load(module.coverage().toFile());
            }
        }
        return loader;
    }
}
