package dev.tasker.template;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

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
        return parse(fileName, yaml.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Reads a YAML file.
     *
     * @throws TemplateException when the file cannot be read or the template cannot be used
     */
    public static ParsedTemplate parse(Path file) {
        try (InputStream stream = Files.newInputStream(file)) {
            return parse(file.toString(), stream.readNBytes(YAML_BYTES_MAX + 1));
        } catch (IOException failure) {
            throw new Findings(file.toString()).fatal("FILE_UNREADABLE", "cannot be read: " + failure, Place.NOWHERE);
        }
    }

    /**
     * Reads a JSON document, such as {@link TaskTemplate#toCanonicalJson()} wrote; the same rules hold.
     *
     * @throws TemplateException when the template cannot be used
     */
    public static ParsedTemplate fromJson(String json) {
        Findings findings = new Findings(JSON_FILE);
        if (json.length() > JSON_LENGTH_MAX) {
            throw findings.fatal(
                    "TOO_LARGE",
                    json.length() + " characters (expected: at most " + JSON_LENGTH_MAX + ")",
                    Place.NOWHERE);
        }
        return template(JSON_FILE, JsonDocument.read(json, findings), findings);
    }

    private static ParsedTemplate parse(String fileName, byte[] utf8) {
        Findings findings = new Findings(fileName);
        if (utf8.length > YAML_BYTES_MAX) {
            String message = "larger than the limit (expected: at most " + YAML_BYTES_MAX + " bytes)";
            throw findings.fatal("TOO_LARGE", message, Place.NOWHERE);
        }
        return template(fileName, YamlDocument.read(decoded(utf8, findings), findings), findings);
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

    private static ParsedTemplate template(String fileName, Located document, Findings findings) {
        if (!(document instanceof Located.Mapping mapping)) {
            throw findings.fatal("WRONG_TYPE", "not a mapping (expected: the keys of a template)", document.place());
        }
        TaskTemplate template = TemplateReader.read(mapping, findings);
        findings.throwErrors();
        TemplateValidator.validate(template, new SourceMap(mapping), findings);
        findings.throwErrors();
        return new ParsedTemplate(fileName, template, findings.list());
    }
}
