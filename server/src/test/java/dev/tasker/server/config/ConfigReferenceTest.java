package dev.tasker.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is written about the keys, and what the loader asks for. {@code -Dtasker.guides.write=true} writes the page anew. */
class ConfigReferenceTest {
    private static final String MARK = "<!-- made from the code; ConfigReferenceTest holds it -->\n";

    private final ConfigReference reference = new ConfigReference();

    @Test
    void everyKeyIsDescribedAndNoOther() {
        assertThat(KeyDescriptions.all().keySet()).isEqualTo(reference.keys());
    }

    @Test
    void noKeyIsBothEffectiveAndWithout() {
        assertThat(KnownKeys.idle().keySet()).doesNotContainAnyElementsOf(reference.keys());
        assertThat(KnownKeys.idle().values()).doesNotContain("");
    }

    @Test
    void defaultsAreWhatTheLoaderFallsBackTo() {
        for (Environment environment : Environment.values()) {
            Map<String, KeyFacts> facts = reference.of(environment);
            ConfigReport report = ConfigLoader.inspect(null, environment, Map.of("TASKER_ENV", environment.text()));

            assertThat(report.violations()).isEmpty();
            assertThat(report.entries())
                    .filteredOn(entry -> !entry.key().endsWith("data_directory"))
                    .isNotEmpty()
                    .allSatisfy(entry -> assertThat(facts.get(entry.key()))
                            .extracting(KeyFacts::standard)
                            .as(entry.key())
                            .isEqualTo(entry.value()));
        }
    }

    @Test
    void whatADumpSaysIsAcceptedAgain(@TempDir Path folder) throws IOException {
        ConfigReport first = ConfigLoader.inspect(null, Environment.PRODUCTION, Map.of());
        Path file = Files.writeString(folder.resolve("dump.toml"), first.toToml());

        ConfigReport second = ConfigLoader.inspect(file, Environment.TEST, Map.of());

        assertThat(second.violations()).isEmpty();
        assertThat(second.toToml()).isEqualTo(first.toToml());
    }

    @Test
    void pageIsTheCode() throws IOException {
        Path page = Path.of(System.getProperty("tasker.repository", ".."), "docs/guides/configuration.md");
        String written = Files.readString(page);
        String fresh = written.substring(0, written.indexOf(MARK) + MARK.length()) + reference.markdown();
        if (Boolean.getBoolean("tasker.guides.write")) {
            Files.writeString(page, fresh);
            return;
        }
        assertThat(written)
                .as("docs/guides/configuration.md is outdated; -Dtest=ConfigReferenceTest -Dtasker.guides.write=true")
                .isEqualTo(fresh);
    }

    @Test
    void documentsEscapeWhatTomlReserves() {
        assertThat(TomlText.of(List.of("a\"b\\c\n\t\u0001", "ü"))).isEqualTo("[\"a\\\"b\\\\c\\n\\t\\u0001\", \"ü\"]");
    }
}
