package dev.tasker.server.config;

/**
 * What is to be known of a key that has an effect, in one environment.
 *
 * @param key full path; {@code []} stands for any entry of a list of tables
 * @param type what kind of value it takes
 * @param standard what applies when the key is absent, as TOML has it; empty: nothing
 * @param expected which values are accepted, empty when the description says it
 * @param secret whether its value is never shown
 */
public record KeyFacts(String key, String type, String standard, String expected, boolean secret) {

    /** {@code key} with the numbers of list entries left out. */
    static String general(String key) {
        return key.indexOf('[') < 0 ? key : key.replaceAll("\\[\\d+]", "[]");
    }
}
