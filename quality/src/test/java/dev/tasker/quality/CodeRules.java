package dev.tasker.quality;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchRule;
import dev.tasker.quality.offenders.Offenders;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** The rules every class keeps, each with a class that breaks it. */
final class CodeRules {
    /** A rule and the classes it must find at fault. */
    record CodeRule(ArchRule rule, List<Class<?>> offenders) {
        CodeRule(ArchRule rule, Class<?> offender) {
            this(rule, List.of(offender));
        }
    }

    /**
     * Who may read the wall clock, and so hand it to everyone else: each {@code Main}, and the classes listed here with their reason.
     */
    private static final Set<String> CLOCK_READERS = Set.of();

    /** Modules that hold statements, and {@code benchmarks}, which measures the SQL ceiling. */
    private static final Set<String> JDBC_MODULES = Set.of("engine", "errors", "postgres", "testkit", "benchmarks");

    /** The package of the server that wires its parts: it makes the data source and hands it to the engine. */
    private static final String SERVER_WIRING = "dev.tasker.server";

    /** Modules that talk to a person on a terminal. */
    private static final Set<String> PRINTING_MODULES = Set.of("cli", "benchmarks", "examples");

    private static final Set<String> INJECTIONS = Set.of("Inject", "Autowired", "Resource");
    private static final Pattern EMPTY_NAME = Pattern.compile(".*(Impl|Manager|Helper|Util|Utils|Base|Info)");

    private static final CodeRule SLEEP = new CodeRule(
            noClasses()
                    .should()
                    .accessTargetWhere(target(Set.of("java.lang.Thread"), Set.of("sleep")))
                    .because("time is driven by hand: shift the clock, call runOnce(), or wait on a signal"),
            Offenders.Sleep.class);

    /** What the classes we ship keep. */
    static final List<CodeRule> MAIN = List.of(
            new CodeRule(
                    noClasses()
                            .should()
                            .dependOnClassesThat()
                            .haveNameMatching(
                                    "java\\.util\\.(Date|Calendar|GregorianCalendar)|java\\.text\\.SimpleDateFormat")
                            .because("times are Instant and Duration"),
                    Offenders.OldDate.class),
            new CodeRule(
                    noClasses()
                            .that(describe("do not hand out the clock", type -> !readsClock(type)))
                            .should()
                            .accessTargetWhere(
                                    describe("the clock (Instant.now() and the like)", CodeRules::readsClock))
                            .because("time is the database's or comes from an injected InstantSource"),
                    List.of(Offenders.ClockCall.class, Offenders.ClockReference.class)),
            new CodeRule(
                    noFields()
                            .should()
                            .beAnnotatedWith(describe(
                                    "an injection",
                                    annotation -> INJECTIONS.contains(
                                            annotation.getRawType().getSimpleName())))
                            .because("a class is complete when its constructor returns"),
                    Offenders.FieldInjection.class),
            new CodeRule(
                    noClasses()
                            .should()
                            .haveNameMatching(EMPTY_NAME.pattern())
                            .because("a class is named for its one duty"),
                    Offenders.TaskManager.class),
            new CodeRule(
                    noClasses()
                            .that(describe("are not for JDBC", type -> !mayUseJdbc(type)))
                            .should()
                            .dependOnClassesThat()
                            .resideInAnyPackage("java.sql..", "javax.sql..", "org.postgresql..", "com.zaxxer..")
                            .because("only " + JDBC_MODULES + " and " + SERVER_WIRING + " know the database"),
                    Offenders.Jdbc.class),
            new CodeRule(
                    noClasses()
                            .that()
                            .areNotAssignableTo("javax.sql.DataSource") // its interface names such a logger
                            .should()
                            .dependOnClassesThat()
                            .resideInAnyPackage(
                                    "java.util.logging..",
                                    "org.apache.commons.logging..",
                                    "org.apache.log4j..",
                                    "org.apache.logging..")
                            .orShould()
                            .dependOnClassesThat()
                            .haveFullyQualifiedName("java.lang.System$Logger")
                            .because("we log through slf4j"),
                    Offenders.OtherLog.class),
            new CodeRule(
                    noClasses()
                            .that(describe("are not for a terminal", type -> !PRINTING_MODULES.contains(module(type))))
                            .should()
                            .accessTargetWhere(target(Set.of("java.lang.System"), Set.of("out", "err"))
                                    .or(describe(
                                            "printStackTrace()",
                                            access ->
                                                    access.getTarget().getName().equals("printStackTrace")
                                                            && access.getTargetOwner()
                                                                    .isAssignableTo(Throwable.class))))
                            .because("only " + PRINTING_MODULES + " print"),
                    Offenders.Print.class),
            new CodeRule(
                    noClasses()
                            .should()
                            .beAnnotatedWith(describe(
                                    "something JaCoCo skips",
                                    annotation -> annotation
                                            .getRawType()
                                            .getSimpleName()
                                            .contains("Generated")))
                            .because("no code is excluded from coverage"),
                    Offenders.HiddenFromCoverage.class));

    /** What tests keep. */
    static final List<CodeRule> TESTS = List.of(SLEEP);

    private CodeRules() {}

    /** The module a class was compiled in. */
    static String module(JavaClass type) {
        return type.getSource()
                .map(source -> Pattern.compile("/([^/]+)/target/(?:test-)?classes/")
                        .matcher(source.getUri().getPath()))
                .filter(matcher -> matcher.find())
                .map(matcher -> matcher.group(1))
                .orElse("");
    }

    private static boolean readsClock(JavaAccess<?> access) {
        String owner = access.getTargetOwner().getName();
        return switch (access.getTarget().getName()) {
            case "currentTimeMillis" -> owner.equals("java.lang.System");
            case "now" ->
                owner.startsWith("java.time.")
                        && access.getTarget() instanceof AccessTarget.CodeUnitAccessTarget method
                        && method.getRawParameterTypes().stream().noneMatch(type -> type.isAssignableTo(Clock.class));
            default -> false;
        };
    }

    private static boolean readsClock(JavaClass type) {
        String outermost = type.getName().replaceAll("\\$.*", "");
        return outermost.endsWith(".Main") || CLOCK_READERS.contains(outermost);
    }

    private static boolean mayUseJdbc(JavaClass type) {
        return JDBC_MODULES.contains(module(type)) || type.getPackageName().equals(SERVER_WIRING);
    }

    private static DescribedPredicate<JavaAccess<?>> target(Set<String> owners, Set<String> names) {
        return describe(
                owners + "." + names,
                access -> owners.contains(access.getTargetOwner().getName())
                        && names.contains(access.getTarget().getName()));
    }
}
