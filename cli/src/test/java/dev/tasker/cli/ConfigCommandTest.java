package dev.tasker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ConfigCommandTest {
    @TempDir
    Path folder;

    @Test
    void goodConfigurationIsValidAndNotesWhatHasNoEffect() throws IOException {
        String file = file("[common.cache]\nenabled = true\n[orchestration.web]\nrequest_timeout_ms = 500\n");

        Execution valid = Execution.of("config", "validate", "--config", file, "-e", "test");
        assertThat(valid.exitCode()).as(valid.err()).isZero();
        assertThat(valid.out())
                .startsWith("note: " + file + ", line 2: common.cache.enabled: has no effect. There is no cache")
                .endsWith("valid for test: 0 errors, 0 warnings, 1 keys without effect\n");

        Execution strict = Execution.of("config", "validate", "--strict", "--config", file);
        assertThat(strict.exitCode()).isEqualTo(8);
        assertThat(strict.out()).startsWith(file + ", line 2: common.cache.enabled: has no effect.");
    }

    @Test
    void everythingWrongIsSaidWithFileLineKeyAndReason() throws IOException {
        String file = file("[orchestration.web]\nrequest_timeout_ms = 5\nbind_adress = \"x\"\n");

        Execution wrong = Execution.of("config", "validate", "--config", file);
        assertThat(wrong.exitCode()).isEqualTo(8);
        assertThat(wrong.out())
                .contains(file + ", line 2: orchestration.web.request_timeout_ms: 5 (expected: an integer from 100")
                .contains(file + ", line 3: orchestration.web.bind_adress: unknown key (nearest known:"
                        + " orchestration.web.bind_address)\n")
                .contains("invalid for ");

        JsonNode json = json(Execution.of("config", "validate", "--json", "--config", file));
        assertThat(json.get("valid").asBoolean()).isFalse();
        assertThat(json.get("errors").get(0).get("line").asInt()).isEqualTo(2);
        assertThat(json.get("errors").get(0).get("key").asString()).isEqualTo("orchestration.web.request_timeout_ms");
        assertThat(json.get("errors").get(1).get("source").asString()).isEqualTo(file);
        assertThat(json.get("errors").get(1).get("reason").asString()).startsWith("unknown key");
    }

    @Test
    void fileThatIsNoTomlIsInvalidAndAMissingOneCannotBeRead() throws IOException {
        String broken = file("[web\n");

        Execution invalid = Execution.of("config", "validate", "--config", broken);
        assertThat(invalid.exitCode()).isEqualTo(8);
        assertThat(invalid.out()).startsWith(broken + ", line 1: column ");
        assertThat(json(Execution.of("config", "validate", "--json", "--config", broken))
                        .get("valid")
                        .asBoolean())
                .isFalse();

        Execution missing = Execution.of("config", "validate", "--config", broken + ".not");
        assertThat(missing.exitCode()).isEqualTo(3);
        assertThat(missing.err()).contains("cannot be read");
    }

    @Test
    void profileThatCommandsUseIsShown() throws IOException {
        Path profiles = Files.writeString(folder.resolve("client.toml"), """
            [profile.default.orchestration]
            auth_token = "secret"
            [profile.staging.orchestration]
            base_url = "http://staging"
            """);

        Execution shown = Execution.of("config", "show", "--config", profiles.toString(), "--profile", "staging");
        Execution origin = Execution.of("-p", "staging", "-c", profiles.toString(), "config", "show", "--origin");
        JsonNode json = json(Execution.of("config", "show", "--config", profiles.toString(), "--json"));

        assertThat(shown.exitCode()).as(shown.err()).isZero();
        assertThat(shown.out())
                .containsPattern("Profile +staging")
                .containsPattern("orchestration.base_url +http://staging")
                .doesNotContain("secret");
        assertThat(origin.out()).containsPattern("orchestration.base_url +http://staging +" + profiles);
        assertThat(json.get("profiles").toString()).isEqualTo("[\"default\",\"staging\"]");
        assertThat(json.toString()).doesNotContain("secret");
        assertThat(Execution.of("config", "show", "--config", profiles.toString(), "--profile", "prod")
                        .exitCode())
                .isEqualTo(3);
    }

    @Test
    void singleValuesAndDifferencesOfEnvironmentsAreTold() throws IOException {
        String file = file("[orchestration.web]\nrequest_timeout_ms = 500\n");

        Execution value = Execution.of("config", "get", "web.request_timeout_ms", "--config", file, "-e", "test");
        Execution unknown = Execution.of("config", "get", "web.request_timeout", "--config", file);
        Execution diff = Execution.of("config", "diff", "test", "production", "--config", file);
        JsonNode json = json(Execution.of("config", "diff", "test", "production", "--config", file, "--json"));

        assertThat(value.out()).isEqualTo("500\n");
        assertThat(unknown.exitCode()).isEqualTo(6);
        assertThat(unknown.err()).contains("nearest: worker.web.request_timeout_ms");
        assertThat(diff.exitCode()).as(diff.err()).isZero();
        assertThat(diff.out()).startsWith("KEY ").doesNotContain("request_timeout_ms");
        assertThat(json).isNotEmpty();
        assertThat(Execution.of("config", "diff", "test", "test", "--config", file)
                        .out())
                .isEqualTo("No difference.\n");
        assertThat(Execution.of("config", "diff", "test", "moon").exitCode()).isEqualTo(2);
    }

    @Test
    void oneFileIsMadeOfTheSources() throws IOException {
        Files.createDirectories(folder.resolve("base"));
        Files.createDirectories(folder.resolve("environments/test"));
        Files.writeString(folder.resolve("base/common.toml"), """
            [common.database]
            url = "${DATABASE_URL:-postgresql://localhost/tasker}"
            [common._docs.database]
            description = "Where it is"
            [common.database.pool]
            max_connections = 11
            """);
        Files.writeString(folder.resolve("base/orchestration.toml"), "orchestration.web.request_timeout_ms = 500\n");
        Files.writeString(
                folder.resolve("environments/test/common.toml"), "common.database.pool.max_connections = 7\n");
        Path file = folder.resolve("made.toml");

        Execution made = Execution.of(
                "config", "generate", "-s", folder.toString(), "-e", "test", "-o", file.toString(), "--validate");
        String complete = Files.readString(file);
        Execution common = Execution.of(
                "config", "generate", "-c", "common", "-s", folder.toString(), "-e", "test", "-o", file.toString());

        assertThat(made.exitCode()).as(made.out() + made.err()).isZero();
        assertThat(made.out()).startsWith("Wrote " + file).contains("valid for test");
        assertThat(complete)
                .contains("# environment: test\n")
                .contains("url = \"${DATABASE_URL:-postgresql://localhost/tasker}\"")
                .contains("max_connections = 7\n")
                .contains("request_timeout_ms = 500\n")
                .doesNotContain("_docs");
        assertThat(common.exitCode()).isZero();
        assertThat(Files.readString(file)).contains("max_connections = 7").doesNotContain("request_timeout_ms");
        assertThat(Execution.of("config", "generate", "-s", "/nowhere", "-o", file.toString())
                        .exitCode())
                .isEqualTo(3);
    }

    @Test
    void sourcesAreMergedForTheirEnvironment() throws IOException {
        Files.createDirectories(folder.resolve("environments/production"));
        Files.createDirectories(folder.resolve("base"));
        Files.writeString(folder.resolve("base/common.toml"), "common.database.pool.max_connections = 11\n");
        Files.writeString(
                folder.resolve("environments/production/common.toml"), "common.database.pool.max_connections = 77\n");

        assertThat(Execution.of("config", "dump", "-s", folder.toString(), "-e", "production")
                        .out())
                .contains("[common.database.pool]\n")
                .contains("max_connections = 77\n");
        assertThat(Execution.of("config", "dump", "-s", folder.toString(), "-e", "test", "--origin")
                        .out())
                .contains("common.database.pool.max_connections = 11  # " + folder.resolve("base/common.toml")
                        + ", line 1\n")
                .contains("orchestration.shutdown_timeout_ms = 5000  # default\n");
    }

    @Test
    void dumpSaysWhatAppliesAndHidesSecrets() throws IOException {
        String file = file("""
            [[orchestration.web.auth.api_keys]]
            key = "hunter2"
            expires_at = 2031-01-01T00:00:00Z
            [worker]
            worker_type = "x"
            """);

        JsonNode json = json(Execution.of("config", "dump", "--json", "--origin", "--path", file));
        JsonNode key = json.get("orchestration.web.auth.api_keys[0].key");
        assertThat(key.get("value").asString()).isEqualTo("***");
        assertThat(key.get("line").asInt()).isEqualTo(2);
        assertThat(json.get("worker.worker_type").get("effective").asBoolean()).isFalse();
        assertThat(json.get("common.database.pool.idle_timeout_seconds")
                        .get("line")
                        .isNull())
                .isTrue();
        JsonNode plain = json(Execution.of("config", "dump", "-f", "json", "--path", file));
        assertThat(plain.get("orchestration.web.auth.api_keys[0].expires_at").asString())
                .startsWith("2031-01-01T00:00");

        Execution wrong = Execution.of("config", "dump", "--path", file("orchestration.web.enabled = 1\n"));
        assertThat(wrong.exitCode()).isEqualTo(3);
        assertThat(wrong.err()).contains("orchestration.web.enabled: 1 (expected: true or false)");
        assertThat(Execution.of("config", "dump", "--path", file + "x").exitCode())
                .isEqualTo(3);
        assertThat(Execution.of("config", "dump", "-f", "yaml").exitCode()).isEqualTo(2);
    }

    @Test
    void keysAreExplained() {
        assertThat(Execution.of("config", "explain", "-p", "database.pool.max_connections")
                        .out())
                .isEqualTo("""
                    common.database.pool.max_connections
                      Connections for reads at most; the engine keeps nine of its own beside them.
                      takes    integer, 1 to 1000
                      default  25, test 30, production 50
                    """);
        assertThat(Execution.of("config", "explain", "-p", "database.pool.max_connections", "-e", "test")
                        .out())
                .endsWith("default  30\n");
        assertThat(Execution.of("config", "explain", "-p", "common.cache.enabled")
                        .out())
                .isEqualTo("common.cache.enabled\n  has no effect here. There is no cache to configure: templates are"
                        + " held in memory, analytics come from roll-ups.\n");
        JsonNode json = json(Execution.of("config", "explain", "--json", "-p", "web.enabled"));
        assertThat(json.get("default").get("production").asString()).isEqualTo("true");
        assertThat(json(Execution.of("config", "explain", "--json", "-p", "cache.enabled"))
                        .get("effective")
                        .asBoolean())
                .isFalse();

        Execution unknown = Execution.of("config", "explain", "-p", "orchestration.web.enabld");
        assertThat(unknown.exitCode()).isEqualTo(6);
        assertThat(unknown.err()).contains("nearest: orchestration.web.enabled");
    }

    @Test
    void keysOfAContextAreListed() {
        assertThat(Execution.of("config", "explain", "-c", "orchestration")
                        .out()
                        .lines())
                .isNotEmpty()
                .allMatch(line -> line.startsWith("orchestration."));
        assertThat(json(Execution.of("config", "explain", "--json"))).hasSizeGreaterThan(100);
        assertThat(Execution.of("config", "explain", "-c", "bogus").exitCode()).isEqualTo(2);
        assertThat(Execution.of("config", "validate", "-e", "staging").exitCode())
                .isEqualTo(2);
        assertThat(Execution.of("config").out()).contains("validate", "explain", "dump");
    }

    private String file(String toml) throws IOException {
        return Files.writeString(folder.resolve("tasker.toml"), toml).toString();
    }

    private static JsonNode json(Execution execution) {
        return JsonMapper.shared().readTree(execution.out());
    }
}
