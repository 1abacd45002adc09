package dev.tasker.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** JSON that a person gives: as it stands, {@code @FILE}, or {@code -} for standard input. */
final class InputText {
    private InputText() {}

    static ObjectNode object(CommandSpec spec, String option, String text) {
        if (json(spec, option, text) instanceof ObjectNode object) {
            return object;
        }
        throw new ParameterException(spec.commandLine(), option + ": not an object (expected: {...})");
    }

    static JsonNode json(CommandSpec spec, String option, String given) {
        try {
            return JsonMapper.shared().readTree(text(spec, option, given));
        } catch (JacksonException e) {
            throw new ParameterException(
                    spec.commandLine(),
                    option + ": not JSON: " + e.getOriginalMessage() + " (expected: JSON, @FILE or -)",
                    e);
        }
    }

    /** The text itself. */
    static String text(CommandSpec spec, String option, String given) {
        try {
            return read(given);
        } catch (IOException e) {
            throw new ParameterException(spec.commandLine(), option + ": " + given + " cannot be read", e);
        }
    }

    private static String read(String text) throws IOException {
        if (text.equals("-")) {
            return new String(System.in.readAllBytes(), StandardCharsets.UTF_8);
        }
        return text.startsWith("@") ? Files.readString(Path.of(text.substring(1))) : text;
    }
}
