package dev.tasker.server.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/** A sentence on every key that has an effect. */
public final class KeyDescriptions {
    private static final String RESOURCE = "key-descriptions.txt";
    private static final Map<String, String> SENTENCES = read();

    private KeyDescriptions() {}

    /** By key. */
    public static Map<String, String> all() {
        return SENTENCES;
    }

    /** Each line is a key, a colon and the sentence. */
    private static Map<String, String> read() {
        try (InputStream in = KeyDescriptions.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException(RESOURCE + ": not on the class path");
            }
            Map<String, String> sentences = new TreeMap<>();
            new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank())
                    .forEach(line -> sentences.put(
                            line.substring(0, line.indexOf(": ")), line.substring(line.indexOf(": ") + 2)));
            return Collections.unmodifiableMap(sentences);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
