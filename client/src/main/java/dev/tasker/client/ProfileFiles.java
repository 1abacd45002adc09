package dev.tasker.client;

import dev.tasker.client.Profile.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
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
     * @throws ProfileException for a file that cannot be read and a profile that nobody knows
     */
    Profile load(@Nullable Path file, @Nullable String name) {
        String chosen = name != null ? name : environment.getOrDefault("TASKER_CLIENT_PROFILE", "");
        List<Path> files = file != null
                ? List.of(file)
                : Stream.of(ofPerson(), ofProject()).flatMap(Optional::stream).toList();
        Map<String, Setting> values = new HashMap<>();
        SortedSet<String> known = new TreeSet<>(Set.of(DEFAULT));
        for (Path each : files) {
            TomlTable profiles = profiles(each);
            known.addAll(profiles.keySet());
            values.putAll(settings(profiles, DEFAULT, each));
            if (!chosen.isEmpty()) {
                values.putAll(settings(profiles, chosen, each));
            }
        }
        if (!chosen.isEmpty() && !known.contains(chosen)) {
            throw new ProfileException(
                    "Profile " + chosen + " is in no file (expected: " + String.join(", ", known) + ").", null);
        }
        return new Profile(
                chosen.isEmpty() ? DEFAULT : chosen,
                Collections.unmodifiableSortedSet(known),
                files,
                values,
                environment);
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
                throw new ProfileException(
                        file + ", line " + error.position().line() + ", column "
                                + error.position().column() + ": " + error.getMessage(),
                        null);
            }
            return parsed.getTableOrEmpty("profile");
        } catch (IOException e) {
            throw new ProfileException(file + ": cannot be read (expected: a TOML file)", e);
        }
    }

    private static Map<String, Setting> settings(TomlTable profiles, String name, Path file) {
        Map<String, Setting> settings = new HashMap<>();
        TomlTable profile = profiles.getTable(List.of(name));
        if (profile != null) {
            profile.dottedEntrySet(false)
                    .forEach(entry -> settings.put(
                            entry.getKey(),
                            new Setting(entry.getKey(), String.valueOf(entry.getValue()), file.toString())));
        }
        return settings;
    }
}
