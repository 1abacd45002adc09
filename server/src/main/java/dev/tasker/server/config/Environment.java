package dev.tasker.server.config;

import java.util.Locale;

/** Where the process runs; chooses between the defaults of a key (02 §10.1). */
public enum Environment {
    DEVELOPMENT,
    TEST,
    PRODUCTION;

    private final String text = name().toLowerCase(Locale.ROOT);

    /** The word of {@code TASKER_ENV}. */
    public String text() {
        return text;
    }

    /** The environment with this word. */
    public static Environment of(String text) {
        for (Environment environment : values()) {
            if (environment.text.equals(text)) {
                return environment;
            }
        }
        throw new IllegalArgumentException("development, test or production");
    }
}
