package dev.tasker.template;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;

/**
 * Reads templates from YAML or JSON (spec 06 §13). A file without {@code template_format} loads whenever the earlier
 * system loaded it; one with it is checked strictly. Thread-safe.
 */
public final class TemplateParser {
    /** Size of a YAML file at most, in bytes of UTF-8. */
    public static final int YAML_BYTES_MAX = 1 << 20;

    /** Size of a JSON document at most, in characters; the canonical form spells out much that YAML leaves out. */
    public static final int JSON_LENGTH_MAX = 1 << 26;

    private static final String JSON_FILE = "<json>";
    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private TemplateParser() {}

    /**
     * Reads YAML text.
     *
     * @param fileName how findings name the text
     * @throws TemplateException when the template cannot be used
     */
    public static ParsedTemplate parse(String fileName, String yaml) {
        return parse(fileName, yaml, TemplateCheck.DEFAULT);
    }

    /** As {@link #parse(String, String)}, checked as told. */
    public static ParsedTemplate parse(String fileName, String yaml, TemplateCheck check) {
        return usable(report(fileName, yaml, check));
    }

    /**
     * Reads a YAML file.
     *
     * @throws TemplateException when the file cannot be read or the template cannot be used
     */
    public static ParsedTemplate parse(Path file) {
        return parse(file, TemplateCheck.DEFAULT);
    }

    /** As {@link #parse(Path)}, checked as told. */
    public static ParsedTemplate parse(Path file, TemplateCheck check) {
        return usable(report(file, check));
    }

    /**
     * Reads a JSON document, such as {@link TaskTemplate#toCanonicalJson()} wrote; the same rules hold.
     *
     * @throws TemplateException when the template cannot be used
     */
    public static ParsedTemplate fromJson(String json) {
        return usable(report(JSON_FILE, findings -> jsonDocument(json, findings), TemplateCheck.DEFAULT));
    }

    /**
     * Reads the canonical document of a template that was checked when it was registered. Only what cannot be understood is an error,
     * so that rules and keys which came later, or which a newer node knows, do not stop tasks that run with it.
     *
     * @throws TemplateException when the document cannot be read
     */
    public static TaskTemplate fromStored(String canonicalJson) {
        Findings findings = new Findings(JSON_FILE);
        TaskTemplate template =
                TemplateReader.read(mapping(jsonDocument(canonicalJson, findings), findings), findings, false);
        findings.throwErrors();
        return template;
    }

    static TemplateReport report(String fileName, String yaml, TemplateCheck check) {
        return report(fileName, findings -> yamlDocument(yaml.getBytes(StandardCharsets.UTF_8), findings), check);
    }

    static TemplateReport report(Path file, TemplateCheck check) {
        return report(file.toString(), findings -> yamlDocument(bytes(file, findings), findings), check);
    }

    private static TemplateReport report(String fileName, Function<Findings, Located> source, TemplateCheck check) {
        Findings findings = new Findings(fileName);
        Located.Mapping document;
        try {
            document = mapping(source.apply(findings), findings);
        } catch (TemplateException unreadable) {
            return new TemplateReport(fileName, null, 0, false, unreadable.findings());
        }
        boolean strict = check.strict() || TemplateReader.statesFormat(document);
        TaskTemplate template = TemplateReader.read(document, findings, strict);
        if (!findings.hasErrors()) {
            TemplateValidator.validate(template, new SourceMap(document), strict, check, findings);
        }
        return new TemplateReport(
                fileName,
                findings.hasErrors() ? null : template,
                template.steps().size(),
                !StepGraph.of(template.steps()).cycle().isEmpty(),
                findings.list());
    }

    private static ParsedTemplate usable(TemplateReport report) {
        TaskTemplate template = report.template();
        if (template == null) {
            throw new TemplateException(report.findings());
        }
        return new ParsedTemplate(report.file(), template, report.findings());
    }

    private static byte[] bytes(Path file, Findings findings) {
        try (InputStream stream = Files.newInputStream(file)) {
            return stream.readNBytes(YAML_BYTES_MAX + 1);
        } catch (IOException failure) {
            throw findings.fatal("FILE_UNREADABLE", "cannot be read: " + failure, Place.NOWHERE);
        }
    }

    private static Located jsonDocument(String json, Findings findings) {
        if (json.length() > JSON_LENGTH_MAX) {
            throw findings.fatal(
                    "TOO_LARGE",
                    json.length() + " characters (expected: at most " + JSON_LENGTH_MAX + ")",
                    Place.NOWHERE);
        }
        return JsonDocument.read(json, findings);
    }

    private static Located yamlDocument(byte[] utf8, Findings findings) {
        if (utf8.length > YAML_BYTES_MAX) {
            String message = "larger than the limit (expected: at most " + YAML_BYTES_MAX + " bytes)";
            throw findings.fatal("TOO_LARGE", message, Place.NOWHERE);
        }
        return YamlDocument.read(decoded(utf8, findings), findings);
    }

    private static Located.Mapping mapping(Located document, Findings findings) {
        if (document instanceof Located.Mapping mapping) {
            return mapping;
        }
        throw findings.fatal("WRONG_TYPE", "not a mapping (expected: the keys of a template)", document.place());
    }

    private static String decoded(byte[] utf8, Findings findings) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(utf8))
                    .toString();
            return !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK ? text.substring(1) : text;
        } catch (CharacterCodingException failure) {
            throw findings.fatal("ENCODING", "not UTF-8: " + failure.getMessage(), Place.NOWHERE);
        }
    }
}
