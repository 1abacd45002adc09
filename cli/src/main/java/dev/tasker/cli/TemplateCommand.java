package dev.tasker.cli;

import dev.tasker.template.Finding;
import dev.tasker.template.Severity;
import dev.tasker.template.TemplateCheck;
import dev.tasker.template.TemplateSchema;
import dev.tasker.worker.HandlerRegistry;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tasker template …}: work with template files. */
@Command(name = "template", description = "Works with workflow templates.", mixinStandardHelpOptions = true)
final class TemplateCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }

    /** Lists what is wrong with files, as compilers do; fails when one of them cannot be used. */
    @Command(
            name = "validate",
            description = "Checks template files; exits with 1 when one cannot be used.",
            mixinStandardHelpOptions = true)
    int validate(
            @Parameters(arity = "1..*", paramLabel = "PATH", description = "Files and folders.") List<Path> paths,
            @Option(names = "--strict", description = "Hold files without template_format to the strict rules, too.")
                    boolean strict,
            @Option(names = "--hints", description = "Print hints, too, not only errors and warnings.") boolean hints,
            @Option(
                            names = "--handlers",
                            description =
                                    "Warn of callables that have no handler among these: ${COMPLETION-CANDIDATES}.")
                    @Nullable
                    BundledHandlers handlers) {
        PrintWriter out = spec.commandLine().getOut();
        int usable = 0;
        int broken = 0;
        for (Path path : paths) {
            TemplateFiles files = TemplateFiles.load(path, check(strict, handlers));
            files.findings().stream()
                    .filter(finding -> hints || finding.severity() != Severity.INFO)
                    .map(Finding::describe)
                    .forEach(out::println);
            usable += files.usable();
            broken += files.broken();
        }
        out.println(usable + " usable, " + broken + " broken");
        out.flush();
        return broken == 0 ? 0 : 1;
    }

    /** Prints the JSON Schema of templates, which editors complete and check by. */
    @Command(name = "schema", description = "Prints the JSON Schema of templates.", mixinStandardHelpOptions = true)
    void schema() {
        spec.commandLine().getOut().print(TemplateSchema.json());
        spec.commandLine().getOut().flush();
    }

    private static TemplateCheck check(boolean strict, @Nullable BundledHandlers handlers) {
        TemplateCheck check = strict ? TemplateCheck.DEFAULT.withStrict() : TemplateCheck.DEFAULT;
        if (handlers == null) {
            return check;
        }
        HandlerRegistry registry = handlers.registry();
        return check.withHandlers(registry::canRun, Severity.WARNING);
    }
}
