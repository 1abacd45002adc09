package dev.tasker.cli;

import dev.tasker.template.Finding;
import dev.tasker.template.TemplateDirectory;
import dev.tasker.template.TemplateException;
import dev.tasker.template.TemplateParser;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
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
            @Parameters(arity = "1..*", paramLabel = "PATH", description = "Files and folders.") List<Path> paths) {
        PrintWriter out = spec.commandLine().getOut();
        int usable = 0;
        int broken = 0;
        for (Path path : paths) {
            if (Files.isDirectory(path)) {
                TemplateDirectory directory = TemplateDirectory.load(path);
                print(out, directory.findings());
                usable += directory.templates().size();
                broken += directory.brokenFiles().size();
            } else if (isUsable(out, path)) {
                usable++;
            } else {
                broken++;
            }
        }
        out.println(usable + " usable, " + broken + " broken");
        out.flush();
        return broken == 0 ? 0 : 1;
    }

    private static boolean isUsable(PrintWriter out, Path file) {
        try {
            print(out, TemplateParser.parse(file).findings());
            return true;
        } catch (TemplateException e) {
            print(out, e.findings());
            return false;
        }
    }

    private static void print(PrintWriter out, List<Finding> findings) {
        findings.forEach(finding -> out.println(finding.describe()));
    }
}
