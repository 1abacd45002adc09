import com.palantir.javaformat.java.Main;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Checks or applies the format of every Java file of the repository in one pass. Run from source, with the formatter on the classpath:
 * {@code java Format.java check|apply <repository>}.
 */
final class Format {
    private static final Set<String> NOT_OURS = Set.of("target", "node_modules", "venv");

    public static void main(String[] arguments) throws Exception {
        boolean apply = switch (arguments[0]) {
            case "apply" -> true;
            case "check" -> false;
            default ->
                throw new IllegalArgumentException("tasker.format: " + arguments[0] + " (expected: check or apply)");
        };
        Path repository = Path.of(arguments[1]).toRealPath();

        List<String> command = new ArrayList<>(
                apply
                        ? List.of("--palantir", "--replace")
                        : List.of("--palantir", "--dry-run", "--set-exit-if-changed"));
        command.addAll(javaFiles(repository));
        var badlyFormatted = new StringWriter();
        var errors = new StringWriter();
        int exit = new Main(new PrintWriter(badlyFormatted), new PrintWriter(errors), InputStream.nullInputStream())
                .format(command.toArray(String[]::new));

        System.out.print((badlyFormatted.toString() + errors).replace(repository + "/", ""));
        if (exit != 0) {
            System.out.println(
                    errors.toString().isEmpty()
                            ? "The files above are not formatted. Run: bin/format"
                            : "The formatter cannot read the files above. A component of a record pattern that is not"
                                    + " used is written `var _`, not `_`.");
        }
        System.exit(exit);
    }

    private static List<String> javaFiles(Path repository) throws IOException {
        List<String> found = new ArrayList<>();
        Files.walkFileTree(repository, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                String name = folder.getFileName().toString();
                return !folder.equals(repository) && (name.startsWith(".") || NOT_OURS.contains(name))
                        ? FileVisitResult.SKIP_SUBTREE
                        : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (file.toString().endsWith(".java")) {
                    found.add(file.toString());
                }
                return FileVisitResult.CONTINUE;
            }
        });
        return found;
    }
}
