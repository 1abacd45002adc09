package dev.tasker.quality;

import static java.util.Map.entry;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.TestInstance.Lifecycle.PER_CLASS;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Dependencies between modules point one way, and what is internal to a module stays in it. */
@TestInstance(PER_CLASS)
class ModuleArrowsTest {
    /** What a module may use of the others. */
    private static final Map<String, Set<String>> ARROWS = Map.ofEntries(
            entry("errors", Set.of()),
            entry("template", Set.of()),
            entry("postgres", Set.of()),
            entry("protocol", Set.of()),
            entry("engine", Set.of("errors", "template")),
            entry("worker", Set.of("errors", "protocol", "template")),
            entry("server", Set.of("engine", "worker", "template", "protocol", "postgres")),
            entry("worker-process", Set.of("protocol", "server", "template", "worker")),
            entry("testkit", Set.of("engine", "errors", "postgres", "template")),
            entry("junit", Set.of("engine", "server", "template", "testkit", "worker")),
            entry("examples", Set.of("worker", "template")),
            entry("client", Set.of("protocol")),
            entry(
                    "benchmarks",
                    Set.of("server", "examples", "testkit", "engine", "worker", "template", "protocol", "postgres")),
            entry(
                    "cli",
                    Set.of(
                            "client",
                            "engine",
                            "server",
                            "worker",
                            "worker-process",
                            "benchmarks",
                            "examples",
                            "template",
                            "postgres")));

    private final JavaClasses classes = new ClassFileImporter()
            .importPaths(Module.all().stream()
                    .map(Module::classes)
                    .filter(Files::isDirectory)
                    .toList());
    private final Map<String, String> moduleOfClass =
            classes.stream().collect(toMap(JavaClass::getName, CodeRules::module, (first, second) -> first));

    @Test
    void everyModuleHasItsArrows() {
        assertThat(ARROWS.keySet())
                .containsExactlyInAnyOrderElementsOf(
                        Module.all().stream().map(Module::name).toList());
    }

    @Test
    void arrowsBetweenModulesPointOneWay() {
        assertThat(violations(
                        arrow -> ARROWS.getOrDefault(arrow.from(), Set.of()).contains(arrow.to())
                                ? ""
                                : arrow.from() + " may use only " + ARROWS.get(arrow.from())))
                .isEmpty();
    }

    @Test
    void internalPackagesAreUsedInTheirModuleOnly() {
        assertThat(violations(arrow ->
                        arrow.dependency().getTargetClass().getPackageName().matches(".*\\.internal(\\..*)?")
                                ? "internal to " + arrow.to()
                                : ""))
                .isEmpty();
    }

    private List<String> violations(Function<Arrow, String> complaint) {
        return classes.stream()
                .flatMap(type -> type.getDirectDependenciesFromSelf().stream())
                .flatMap(this::betweenModules)
                .filter(arrow -> !complaint.apply(arrow).isEmpty())
                .map(arrow -> complaint.apply(arrow) + ": " + arrow.dependency().getDescription())
                .sorted()
                .toList();
    }

    private Stream<Arrow> betweenModules(Dependency dependency) {
        String from = CodeRules.module(dependency.getOriginClass());
        String to = moduleOfClass.get(
                dependency.getTargetClass().getBaseComponentType().getName());
        return to == null || to.equals(from) ? Stream.empty() : Stream.of(new Arrow(from, to, dependency));
    }

    /** A use of one module's class in another module. */
    private record Arrow(String from, String to, Dependency dependency) {}
}
