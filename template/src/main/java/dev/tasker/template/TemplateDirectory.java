package dev.tasker.template;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The templates below a directory (spec 06 §2). One broken file does not stop the others.
 *
 * @param templates those that can be used, in the order of their paths
 * @param brokenFiles those that cannot
 * @param findings what was found in all files, usable or not
 */
public record TemplateDirectory(
        Path directory, List<ParsedTemplate> templates, List<Path> brokenFiles, List<Finding> findings) {
    public TemplateDirectory {
        templates = List.copyOf(templates);
        brokenFiles = List.copyOf(brokenFiles);
        findings = List.copyOf(findings);
    }

    /**
     * Reads every {@code .yaml} and {@code .yml} file, at any depth, in the order of their paths. Names beginning with a dot
     * are passed over: mounted configuration keeps its copies there.
     *
     * @throws TemplateException when there is no such directory
     */
    public static TemplateDirectory load(Path directory) {
        return load(directory, TemplateCheck.DEFAULT);
    }

    /** As {@link #load(Path)}, checked as told. */
    public static TemplateDirectory load(Path directory, TemplateCheck check) {
        if (!Files.isDirectory(directory)) {
            throw new Findings(directory.toString())
                    .fatal("FILE_UNREADABLE", "not a directory (expected: a directory of templates)", Place.NOWHERE);
        }
        List<Finding> findings = new ArrayList<>();
        List<ParsedTemplate> templates = new ArrayList<>();
        List<Path> broken = new ArrayList<>();
        for (Path file : files(directory, findings)) {
            try {
                ParsedTemplate parsed = TemplateParser.parse(file, check);
                templates.add(parsed);
                findings.addAll(parsed.findings());
            } catch (TemplateException failure) {
                broken.add(file);
                findings.addAll(failure.findings());
            }
        }
        findings.addAll(contradictions(templates));
        return new TemplateDirectory(directory, templates, broken, findings);
    }

    /** The namespaces of the templates, sorted. */
    public SortedSet<String> namespaces() {
        return templates.stream()
                .map(parsed -> parsed.template().namespace())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Files that declare the same template differently; registered one after the other, the last one would win. */
    private static List<Finding> contradictions(List<ParsedTemplate> templates) {
        Map<String, ParsedTemplate> first = new HashMap<>();
        List<Finding> findings = new ArrayList<>();
        for (ParsedTemplate parsed : templates) {
            String key = parsed.template().key();
            ParsedTemplate other = first.putIfAbsent(key, parsed);
            if (other != null && !other.template().equals(parsed.template())) {
                String message = key + ": declared differently in " + other.file() + " (expected: another version)";
                findings.add(
                        new Finding("DUPLICATE_TEMPLATE", Severity.WARNING, message, null, parsed.file(), 1, 1, ""));
            }
        }
        return findings;
    }

    private static List<Path> files(Path directory, List<Finding> findings) {
        List<Path> files = new ArrayList<>();
        try {
            Files.walkFileTree(
                    directory,
                    EnumSet.of(FileVisitOption.FOLLOW_LINKS),
                    Integer.MAX_VALUE,
                    new Walk(directory, files, findings));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        Collections.sort(files);
        return files;
    }

    /** Collects template files; passes over what cannot be read. */
    private static final class Walk extends SimpleFileVisitor<Path> {
        private final Path start;
        private final List<Path> files;
        private final List<Finding> findings;

        Walk(Path start, List<Path> files, List<Finding> findings) {
            this.start = start;
            this.files = files;
            this.findings = findings;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
            return !directory.equals(start) && isHidden(directory)
                    ? FileVisitResult.SKIP_SUBTREE
                    : FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            String name = file.toString();
            if ((name.endsWith(".yaml") || name.endsWith(".yml")) && !isHidden(file)) {
                files.add(file);
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException failure) {
            String message = "passed over: " + failure;
            findings.add(new Finding("FILE_UNREADABLE", Severity.WARNING, message, null, file.toString(), 0, 0, ""));
            return FileVisitResult.CONTINUE;
        }

        private static boolean isHidden(Path path) {
            return path.getFileName().toString().startsWith(".");
        }
    }
}
