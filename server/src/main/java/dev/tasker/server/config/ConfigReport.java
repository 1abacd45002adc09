package dev.tasker.server.config;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a configuration comes to: what is wrong with it, what has no effect, and every value with the place it comes from. */
public final class ConfigReport {
    private static final String HIDDEN = "***";
    private static final Set<String> SECRET_NAMES =
            Set.of("api_key", "jwt_private_key", "key", "key_sha256", "password", "token");
    private static final Pattern USER_INFO = Pattern.compile("//[^/@\\s]*@");

    private final Environment environment;
    private final ServerConfig config;
    private final List<Violation> violations;
    private final List<Violation> warnings;
    private final List<String> unused;
    private final Map<String, KeyFacts> facts;
    private final Map<String, Located> values;

    /**
     * A value that applies.
     *
     * @param value as TOML has it; a secret is {@code "***"}
     * @param origin null: the default
     * @param effective false for a key that has no effect
     */
    public record Entry(String key, String value, @Nullable Origin origin, boolean effective) {}

    ConfigReport(
            Environment environment,
            ServerConfig config,
            List<Violation> violations,
            List<Violation> warnings,
            List<String> unused,
            Map<String, KeyFacts> facts,
            Map<String, Located> values) {
        this.environment = environment;
        this.config = config;
        this.violations = violations.stream().distinct().toList(); // a variable may be asked twice
        this.warnings = List.copyOf(warnings);
        this.unused = List.copyOf(unused);
        this.facts = Collections.unmodifiableMap(new TreeMap<>(facts));
        this.values = Map.copyOf(values);
    }

    public Environment environment() {
        return environment;
    }

    /** In the order found; none when a process would start with this. */
    public List<Violation> violations() {
        return violations;
    }

    /** What is allowed, but hardly meant. */
    public List<Violation> warnings() {
        return warnings;
    }

    /** The keys that are set and have no effect. */
    public List<String> unused() {
        return unused;
    }

    /** Why a key of the earlier system has no effect, null when it has one, or nobody knows it. */
    public static @Nullable String whyUnused(String key) {
        return KnownKeys.reason(key);
    }

    /** Where a key is set, null when it is not. */
    public @Nullable Origin origin(String key) {
        Located located = values.get(key);
        return located == null ? null : located.origin();
    }

    /** The records, unless something is wrong. */
    ServerConfig valid() {
        if (!violations.isEmpty()) {
            throw new ConfigException(violations);
        }
        return config;
    }

    /** Every key that is set or has a default, by name. */
    public List<Entry> entries() {
        Map<String, Entry> entries = new TreeMap<>();
        facts.values().stream()
                .filter(fact -> !fact.standard().isEmpty() && !fact.key().contains("[]"))
                .forEach(fact -> entries.put(fact.key(), new Entry(fact.key(), fact.standard(), null, true)));
        values.forEach((key, located) -> {
            if (!(located.value() instanceof ConfigFile.Tables)) {
                boolean effective = facts.containsKey(KeyFacts.general(key));
                entries.put(key, new Entry(key, shown(key, located.value()), located.origin(), effective));
            }
        });
        return new ArrayList<>(entries.values());
    }

    /** The entries as a TOML document. */
    public String toToml() {
        Map<String, String> texts = new TreeMap<>();
        entries().forEach(entry -> texts.put(entry.key(), entry.value()));
        return TomlText.document(texts);
    }

    private String shown(String key, Object value) {
        KeyFacts fact = facts.get(KeyFacts.general(key));
        boolean secret = fact == null ? SECRET_NAMES.contains(key.substring(key.lastIndexOf('.') + 1)) : fact.secret();
        if (secret && !value.equals("")) {
            return TomlText.of(HIDDEN);
        }
        return USER_INFO.matcher(TomlText.of(value)).replaceAll("//" + HIDDEN + "@");
    }
}
