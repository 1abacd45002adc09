package dev.tasker.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.tomlj.Toml;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlTable;

/**
 * Reads profiles (07 §2): those of the person, over them those of the project, key by key; of each the profile {@code default}, over it the
 * chosen one. Nothing is read where there is no file.
 *
 * @param folder where the command was called
 */
record ProfileFiles(Path folder, Map<String, String> environment) {
    private static final String DEFAULT = "default";
    private static final List<String> IN_PROJECT =
            List.of(".config/tasker.toml", ".config/tasker-client.toml", "tasker-client.toml");

    /**
     * What the profile says.
     *
     * @param file to be read instead of all others, null for none
     * @param name null for that of the environment, or {@code default}
     * @throws CommandException for a file that cannot be read and a profile that nobody knows
     */
    ClientProfile load(@Nullable Path file, @Nullable String name) {
        String chosen = name != null ? name : environment.getOrDefault("TASKER_CLIENT_PROFILE", "");
        List<Path> files = file != null
                ? List.of(file)
                : Stream.of(ofPerson(), ofProject()).flatMap(Optional::stream).toList();
        Map<String, String> values = new HashMap<>();
        Set<String> known = new TreeSet<>(Set.of(DEFAULT));
        for (Path each : files) {
            TomlTable profiles = profiles(each);
            known.addAll(profiles.keySet());
            values.putAll(orchestration(profiles, DEFAULT));
            if (!chosen.isEmpty()) {
                values.putAll(orchestration(profiles, chosen));
            }
        }
        if (!chosen.isEmpty() && !known.contains(chosen)) {
            throw refused("Profile " + chosen + " is in no file (expected: " + String.join(", ", known) + ").", null);
        }
        return new ClientProfile(values, environment);
    }

    private Optional<Path> ofPerson() {
        String home = environment.get("HOME");
        String config = environment.getOrDefault("XDG_CONFIG_HOME", home == null ? "" : home + "/.config");
        return Stream.of(
                        config.isEmpty() ? "" : config + "/tasker/client.toml",
                        home == null ? "" : home + "/.tasker/client.toml")
                .filter(path -> !path.isEmpty())
                .map(Path::of)
                .filter(Files::isRegularFile)
                .findFirst();
    }

    /** From here up to the root of the repository. */
    private Optional<Path> ofProject() {
        for (Path at = folder.toAbsolutePath().normalize(); at != null; at = at.getParent()) {
            Optional<Path> found = IN_PROJECT.stream()
                    .map(at::resolve)
                    .filter(Files::isRegularFile)
                    .findFirst();
            if (found.isPresent() || Files.exists(at.resolve(".git"))) {
                return found;
            }
        }
        return Optional.empty();
    }

    private static TomlTable profiles(Path file) {
        try {
            TomlParseResult parsed = Toml.parse(file);
            if (parsed.hasErrors()) {
                var error = parsed.errors().getFirst();
                throw refused(
                        file + ", line " + error.position().line() + ", column "
                                + error.position().column() + ": " + error.getMessage(),
                        null);
            }
            TomlTable profiles = parsed.getTableOrEmpty("profile");
            return profiles;
        } catch (IOException e) {
            throw refused(file + ": cannot be read (expected: a TOML file)", e);
        }
    }

    private static Map<String, String> orchestration(TomlTable profiles, String name) {
        Map<String, String> values = new HashMap<>();
        TomlTable profile = profiles.getTable(List.of(name));
        if (profile != null) {
            String transport = profile.getString("transport");
            if (transport != null) {
                values.put("transport", transport);
            }
            profile.getTableOrEmpty("orchestration")
                    .dottedEntrySet(false)
                    .forEach(entry -> values.put(entry.getKey(), String.valueOf(entry.getValue())));
        }
        return values;
    }

    private static CommandException refused(String sentence, @Nullable Throwable cause) {
        return new CommandException(CommandException.CONFIGURATION, sentence, cause);
    }
}
