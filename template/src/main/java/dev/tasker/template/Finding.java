package dev.tasker.template;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Something worth telling about a template, and where it stands (spec 06 §13).
 *
 * @param code a stable word in capitals, such as {@code UNKNOWN_KEY}
 * @param message names the key, what was found, and what was expected
 * @param step the step concerned, null when it concerns the whole template
 * @param file the file as named by the caller
 * @param line 1-based; 0 when the template was not read from text
 * @param column 1-based, counted in code points; 0 when the template was not read from text
 * @param jsonPointer RFC 6901 pointer into the document; empty for the document itself
 */
public record Finding(
        String code,
        Severity severity,
        String message,
        @Nullable String step,
        String file,
        int line,
        int column,
        String jsonPointer) {

    /** Whether the template cannot be used because of this. */
    public boolean isError() {
        return severity == Severity.ERROR;
    }

    /** One line as compilers print it: {@code file:line:column: severity CODE at pointer: message}. */
    public String describe() {
        StringBuilder text = new StringBuilder(file);
        if (line > 0) {
            text.append(':').append(line).append(':').append(column);
        }
        text.append(": ")
                .append(severity.name().toLowerCase(Locale.ROOT))
                .append(' ')
                .append(code);
        if (step != null) {
            text.append(" in step '").append(step).append('\'');
        }
        if (!jsonPointer.isEmpty()) {
            text.append(" at ").append(jsonPointer);
        }
        return text.append(": ").append(message).toString();
    }
}
