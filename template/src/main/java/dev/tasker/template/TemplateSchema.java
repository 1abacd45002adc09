package dev.tasker.template;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The JSON Schema of templates, for editors that complete and check them (spec 06 §18 point 4). */
public final class TemplateSchema {
    private static final String RESOURCE = "template-1.schema.json";

    private TemplateSchema() {}

    /** The schema, draft 2020-12; it describes the strict form and marks old keys as deprecated. */
    public static String json() {
        try (InputStream in = TemplateSchema.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException(RESOURCE + ": not on the class path");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
