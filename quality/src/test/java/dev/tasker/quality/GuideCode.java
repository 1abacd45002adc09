package dev.tasker.quality;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Code in guides is a copy of code that is compiled and tested. Before the copy stands where it is from:
 * {@code <!-- code: examples/src/main/java/….java#part -->}; in the source the part stands between {@code // guide: part} and
 * {@code // guide end}. Files of other languages have no parts and are copied whole.
 */
final class GuideCode {
    private static final Pattern BLOCK = Pattern.compile(
            "<!-- code: (?<file>[^#\\s]+)(?:#(?<part>\\S+))? -->\\n```(?<language>\\w+)\\n(?<code>.*?)```\\n",
            Pattern.DOTALL);

    private GuideCode() {}

    /** The guide with every copy as its source is now. */
    static String renewed(String guide, Path repository) throws IOException {
        var renewed = new StringBuilder();
        Matcher blocks = BLOCK.matcher(guide);
        while (blocks.find()) {
            MatchResult block = blocks.toMatchResult();
            String code = code(repository.resolve(block.group(1)), block.group(2));
            String head = guide.substring(block.start(), block.start("code"));
            blocks.appendReplacement(renewed, Matcher.quoteReplacement(head + code + "```\n"));
        }
        return blocks.appendTail(renewed).toString();
    }

    /** How many copies a guide has. */
    static long copies(String guide) {
        return BLOCK.matcher(guide).results().count();
    }

    private static String code(Path file, @Nullable String part) throws IOException {
        List<String> lines = Files.readAllLines(file);
        if (part == null) {
            return text(lines);
        }
        List<String> taken = new ArrayList<>();
        boolean inside = false;
        for (String line : lines) {
            if (line.strip().equals("// guide end")) {
                inside = false;
            }
            if (inside) {
                taken.add(line);
            }
            if (line.strip().equals("// guide: " + part)) {
                inside = true;
            }
        }
        if (taken.isEmpty()) {
            throw new AssertionError(file + " has no part '" + part + "'");
        }
        return text(taken);
    }

    private static String text(List<String> lines) {
        int indent = lines.stream()
                .filter(line -> !line.isBlank())
                .mapToInt(line -> line.length() - line.stripLeading().length())
                .min()
                .orElse(0);
        return lines.stream()
                .map(line -> line.isBlank() ? "" : line.substring(indent))
                .collect(Collectors.joining("\n", "", "\n"));
    }
}
