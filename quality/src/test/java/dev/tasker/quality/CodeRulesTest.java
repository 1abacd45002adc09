package dev.tasker.quality;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;
import static org.junit.jupiter.api.TestInstance.Lifecycle.PER_CLASS;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.tasker.quality.CodeRules.CodeRule;
import dev.tasker.quality.offenders.Offenders;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/** Holds the hand-written classes of all modules to {@link CodeRules}. */
@TestInstance(PER_CLASS)
class CodeRulesTest {
    private final JavaClasses main = classes(Module.all().stream().map(Module::classes));
    private final JavaClasses tests = classes(
            Stream.concat(Module.all().stream(), Stream.of(Module.quality())).map(Module::testClasses));

    @TestFactory
    Stream<DynamicTest> mainClassesKeepTheRules() {
        return CodeRules.MAIN.stream().map(rule -> keeps(main, rule));
    }

    @TestFactory
    Stream<DynamicTest> testsKeepTheRules() {
        return CodeRules.TESTS.stream().map(rule -> keeps(tests, rule));
    }

    @TestFactory
    Stream<DynamicTest> everyRuleFindsItsOffender() {
        return Stream.of(CodeRules.MAIN, CodeRules.TESTS)
                .flatMap(List::stream)
                .flatMap(rule -> rule.offenders().stream().map(offender -> finds(rule, offender)));
    }

    /** Rules over classes that were not found would pass; so each module that has sources must show classes. */
    @Test
    void everyModuleWithSourcesHasClasses() {
        for (Module module : Module.all()) {
            if (Module.files(module.sources(), ".java").stream()
                    .anyMatch(file -> !file.endsWith("package-info.java"))) {
                assertThat(main)
                        .as(module.name())
                        .anyMatch(type -> CodeRules.module(type).equals(module.name()));
            }
        }
        assertThat(tests).isNotEmpty();
    }

    private static DynamicTest keeps(JavaClasses classes, CodeRule rule) {
        return dynamicTest(
                rule.rule().getDescription(),
                () -> rule.rule().allowEmptyShould(true).check(classes));
    }

    private static DynamicTest finds(CodeRule rule, Class<?> offender) {
        JavaClasses guilty = new ClassFileImporter().importClasses(offender);
        return dynamicTest(
                offender.getSimpleName(),
                () -> assertThat(rule.rule().evaluate(guilty).hasViolation())
                        .as(rule.rule().getDescription())
                        .isTrue());
    }

    private static JavaClasses classes(Stream<Path> folders) {
        return new ClassFileImporter()
                .importPaths(folders.filter(Files::isDirectory).toList())
                .that(describe("are written by hand to keep the rules", CodeRulesTest::ours));
    }

    private static boolean ours(JavaClass type) {
        if (type.getPackageName().equals(Offenders.class.getPackageName())) {
            return false;
        }
        return type.getSource().orElseThrow().getUri().getPath().contains("/test-classes/") || writtenByHand(type);
    }

    private static boolean writtenByHand(JavaClass type) {
        String sourceFile = type.getSource().orElseThrow().getFileName().orElseThrow();
        return Module.all().stream()
                .filter(module -> module.name().equals(CodeRules.module(type)))
                .anyMatch(module -> !module.generated(type.getPackageName(), sourceFile));
    }
}
