package dev.tasker.cli;

import dev.tasker.client.TaskerClient;
import dev.tasker.client.Template;
import dev.tasker.client.TemplateFinding;
import dev.tasker.client.TemplateList;
import dev.tasker.client.TemplateRegistration;
import dev.tasker.client.TemplateValidation;
import dev.tasker.template.Finding;
import dev.tasker.template.Severity;
import dev.tasker.template.TemplateCheck;
import dev.tasker.template.TemplateSchema;
import dev.tasker.worker.HandlerRegistry;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tasker template …}: work with template files. */
@Command(
        name = "template",
        description = "Works with workflow templates.",
        mixinStandardHelpOptions = true,
        addMethodSubcommands = false)
final class TemplateCommand extends CommandGroup {
    TemplateCommand() {
        super(TemplateInspectCommand.class, TemplateDiffCommand.class, TemplatePullCommand.class);
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
        PrintWriter out = spec().commandLine().getOut();
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
        spec().commandLine().getOut().print(TemplateSchema.json());
        spec().commandLine().getOut().flush();
    }

    @Command(name = "list", description = "Lists registered templates.", mixinStandardHelpOptions = true)
    void list(
            @Mixin Connection connection,
            @Option(
                            names = {"-n", "--namespace"},
                            description = "Only of this namespace.")
                    @Nullable
                    String namespace)
            throws InterruptedException {
        try (TaskerClient client = connection.open()) {
            TemplateList found = client.templates().list(namespace);
            Table table = Table.titled("TEMPLATE", "VERSION", "STEPS", "DESCRIPTION");
            for (TemplateList.Entry each : found.templates()) {
                table.row(
                        each.namespace() + "/" + each.name(),
                        each.version(),
                        each.stepCount(),
                        each.description() == null ? "" : each.description());
            }
            connection
                    .output()
                    .showAll(
                            found,
                            found.templates(),
                            table::toString,
                            each -> each.namespace() + "/" + each.name() + "/" + each.version());
        }
    }

    @Command(name = "get", description = "Shows a registered template.", mixinStandardHelpOptions = true)
    void get(
            @Mixin Connection connection,
            @Parameters(paramLabel = "NAMESPACE/NAME[/VERSION]", description = "Version: 1.0.0 unless given.")
                    String reference)
            throws InterruptedException {
        try (TaskerClient client = connection.open()) {
            Template found = TemplateKey.require(reference).find(client);
            Table table = Table.titled("STEP", "RETRIES", "DESCRIPTION");
            for (Template.TemplateStep step : found.steps()) {
                table.row(
                        step.name(),
                        step.defaultRetryable() ? step.defaultMaxAttempts() + " attempts" : "none",
                        step.description() == null ? "" : step.description());
            }
            connection.output().show(found, reference, table::toString);
        }
    }

    @Command(
            name = "versions",
            description = "Lists the registered versions of a template.",
            mixinStandardHelpOptions = true)
    void versions(
            @Mixin Connection connection,
            @Parameters(paramLabel = "NAMESPACE/NAME", description = "The template.") String reference)
            throws InterruptedException {
        String[] parts = reference.split("/", -1);
        if (parts.length != 2) {
            throw connection.wrong(reference + ": not a template (expected: NAMESPACE/NAME)");
        }
        try (TaskerClient client = connection.open()) {
            List<TemplateList.Entry> found = client.templates().list(parts[0]).templates().stream()
                    .filter(each -> each.name().equals(parts[1]))
                    .toList();
            if (found.isEmpty()) {
                throw new CommandException(
                        CommandException.NOT_FOUND, "No template is registered as " + reference + ".", null);
            }
            Table table = Table.titled("VERSION", "STEPS", "DESCRIPTION");
            found.forEach(each ->
                    table.row(each.version(), each.stepCount(), each.description() == null ? "" : each.description()));
            connection.output().showAll(found, found, table::toString, TemplateList.Entry::version);
        }
    }

    /** Registers files, one after the other; the first that is refused ends it. */
    @Command(name = "push", description = "Registers template files with the server.", mixinStandardHelpOptions = true)
    int push(
            @Mixin Connection connection,
            @Parameters(arity = "1..*", paramLabel = "FILE", description = "Files.") List<Path> files,
            @Option(names = "--dry-run", description = "Only let the server check them.") boolean dryRun)
            throws InterruptedException {
        boolean valid = true;
        try (TaskerClient client = connection.open()) {
            for (Path file : files) {
                String yaml = read(file);
                if (dryRun) {
                    TemplateValidation checked = client.templates().validate(yaml);
                    valid &= checked.valid();
                    connection
                            .output()
                            .show(
                                    checked,
                                    file,
                                    () -> findings(file, checked.findings()) + file + ": "
                                            + (checked.valid() ? "valid" : "not valid") + "\n");
                } else {
                    TemplateRegistration registered = client.templates().register(yaml);
                    String id = registered.namespace() + "/" + registered.name() + "/" + registered.version();
                    connection
                            .output()
                            .show(
                                    registered,
                                    id,
                                    () -> findings(file, registered.findings()) + file + ": registered as " + id
                                            + "\n");
                }
            }
        }
        return valid ? 0 : CommandException.INVALID;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new CommandException(file + " cannot be read: " + e + ".", e);
        }
    }

    private static String findings(Path file, List<TemplateFinding> findings) {
        StringBuilder text = new StringBuilder();
        for (TemplateFinding each : findings) {
            if (!each.severity().equals("info")) {
                text.append(file).append(each.line() == null ? "" : ":" + each.line());
                text.append(": ").append(each.severity()).append(' ').append(each.code());
                text.append(": ").append(each.message()).append('\n');
            }
        }
        return text.toString();
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
