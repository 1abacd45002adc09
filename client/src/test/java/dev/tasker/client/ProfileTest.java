package dev.tasker.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where clients find a server and its workers and how they show who they are (07 §2). */
class ProfileTest {
    @TempDir
    Path folder;

    private Path home;
    private Path project;

    @BeforeEach
    void folders() throws IOException {
        home = Files.createDirectories(folder.resolve("home"));
        project = Files.createDirectories(folder.resolve("project/deep/down"));
        Files.createDirectories(folder.resolve("project/.git"));
    }

    @Test
    void withoutFilesThereAreDefaults() {
        Profile profile = load(null, Map.of());

        assertThat(profile.address(Endpoint.ORCHESTRATION, Transport.REST))
                .isEqualTo(URI.create("http://localhost:8080"));
        assertThat(profile.timeout(Endpoint.ORCHESTRATION)).hasSeconds(30);
        assertThat(profile.retries(Endpoint.ORCHESTRATION).attempts()).isEqualTo(3);
        assertThat(profile.credential(Endpoint.ORCHESTRATION)).isNull();
    }

    @Test
    void projectWinsOverPersonAndProfileOverDefaultAndEnvironmentOverAll() throws IOException {
        write(home.resolve(".config/tasker/client.toml"), """
            [profile.default.orchestration]
            base_url = "http://person"
            timeout_ms = 5
            [profile.staging.orchestration]
            max_retries = 7
            """);
        write(folder.resolve("project/.config/tasker.toml"), """
            [cli]
            default-language = "java"
            [profile.default.orchestration]
            base_url = "http://project"
            [profile.staging.orchestration]
            base_url = "http://staging"
            """);

        assertThat(load(null, Map.of()).address(Endpoint.ORCHESTRATION, Transport.REST))
                .hasToString("http://project");
        assertThat(load(null, Map.of()).timeout(Endpoint.ORCHESTRATION)).hasMillis(5);
        assertThat(load("staging", Map.of()).address(Endpoint.ORCHESTRATION, Transport.REST))
                .hasToString("http://staging");
        assertThat(load("staging", Map.of()).retries(Endpoint.ORCHESTRATION).attempts())
                .isEqualTo(7);
        Map<String, String> environment = Map.of(
                "TASKER_CLIENT_PROFILE",
                "staging",
                "TASKER_ORCHESTRATION_URL",
                "http://here",
                "TASKER_ORCHESTRATION_TIMEOUT_MS",
                "9");
        assertThat(load(null, environment).address(Endpoint.ORCHESTRATION, Transport.REST))
                .hasToString("http://here");
        assertThat(load(null, environment).timeout(Endpoint.ORCHESTRATION)).hasMillis(9);
        assertThat(load(null, environment).retries(Endpoint.ORCHESTRATION).attempts())
                .isEqualTo(7);
        assertThatThrownBy(() -> load("prod", Map.of()))
                .hasMessage("Profile prod is in no file (expected: default, staging).");
    }

    @Test
    void transportIsThatOfTheProfileOrOfTheEnvironment() throws IOException {
        write(folder.resolve("project/tasker-client.toml"), """
            [profile.default]
            transport = "http"
            [profile.staging]
            transport = "grpc"
            [profile.staging.orchestration]
            base_url = "https://staging:9190"
            """);

        Profile grpc = load(null, Map.of("TASKER_CLIENT_TRANSPORT", "grpc"));

        assertThat(load(null, Map.of()).transport()).isEqualTo(Transport.REST);
        assertThat(load("staging", Map.of()).transport()).isEqualTo(Transport.GRPC);
        assertThat(load("staging", Map.of()).address(Endpoint.ORCHESTRATION, Transport.GRPC))
                .hasToString("https://staging:9190");
        assertThat(grpc.transport()).isEqualTo(Transport.GRPC);
        assertThat(grpc.address(Endpoint.ORCHESTRATION, Transport.GRPC)).hasToString("http://localhost:9190");
        assertThat(load(null, Map.of("TASKER_TRANSPORT", "grpc", "TASKER_ORCHESTRATION_GRPC_URL", "grpc://here"))
                        .address(Endpoint.ORCHESTRATION, Transport.GRPC))
                .hasToString("grpc://here");
    }

    @Test
    void fileThatIsNamedIsTheOnlyOne() throws IOException {
        write(home.resolve(".tasker/client.toml"), "profile.default.orchestration.timeout_ms = 5\n");
        Path named = write(folder.resolve("named.toml"), "profile.default.orchestration.base_url = 'http://named'\n");

        Profile profile = new ProfileFiles(project, Map.of("HOME", home.toString())).load(named, null);

        assertThat(profile.address(Endpoint.ORCHESTRATION, Transport.REST)).hasToString("http://named");
        assertThat(profile.timeout(Endpoint.ORCHESTRATION)).hasSeconds(30);
        assertThat(load(null, Map.of()).timeout(Endpoint.ORCHESTRATION)).hasMillis(5);
    }

    @Test
    void filesThatCannotBeUsedAreNamedWithTheirLine() throws IOException {
        Path broken = write(folder.resolve("project/tasker-client.toml"), "[profile.default]\nx =\n");

        assertThatThrownBy(() -> load(null, Map.of()))
                .isInstanceOf(ProfileException.class)
                .hasMessageContaining(broken + ", line 2, column ");
        write(broken, "profile.default.transport = 'pigeon'\n");
        assertThatThrownBy(() -> load(null, Map.of()).transport())
                .hasMessage("transport: pigeon (expected: rest or grpc)");
        write(broken, "profile.default.orchestration.timeout_ms = -1\n");
        assertThatThrownBy(() -> load(null, Map.of()).timeout(Endpoint.ORCHESTRATION))
                .hasMessageContaining("timeout_ms: -1");
        write(broken, "profile.default.orchestration.base_url = 'a b'\n");
        assertThatThrownBy(() -> load(null, Map.of()).address(Endpoint.ORCHESTRATION, Transport.REST))
                .hasMessageContaining("base_url: a b");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{type='BearerToken', value='t1'} | Authorization | Bearer t1",
                "{type='ApiKey', value={key='k1'}} | X-API-Key | k1",
                "{type='ApiKey', value={key='k1', header_name='X-Key'}} | X-Key | k1",
                "{type='Env', name='MINE'} | Authorization | Bearer t2"
            })
    void credentialsOfProfiles(String method, String header, String value) throws IOException {
        write(folder.resolve("project/tasker-client.toml"), "profile.default.orchestration.auth.method = " + method);

        assertThat(shown(load(null, Map.of("MINE", "t2")))).isEqualTo(header + ": " + value);
    }

    @Test
    void credentialsOfTheEnvironmentGoFirst() throws IOException {
        write(folder.resolve("project/tasker-client.toml"), "profile.default.orchestration.auth_token = 'old'");

        assertThat(shown(load(null, Map.of()))).isEqualTo("Authorization: Bearer old");
        assertThat(shown(load(null, Map.of("TASKER_API_KEY", "k", "TASKER_API_KEY_HEADER", "X-K"))))
                .isEqualTo("X-K: k");
        assertThat(shown(load(null, Map.of("TASKER_API_KEY", "k", "TASKER_AUTH_TOKEN", "a"))))
                .isEqualTo("Authorization: Bearer a");
        assertThat(shown(load(null, Map.of("TASKER_ORCHESTRATION_AUTH_TOKEN", "o", "TASKER_AUTH_TOKEN", "a"))))
                .isEqualTo("Authorization: Bearer o");
    }

    @Test
    void credentialsThatCannotBeHadAreNamed() throws IOException {
        Path file = folder.resolve("project/tasker-client.toml");
        Path token = write(folder.resolve("token"), "secret\n");
        write(file, "profile.default.orchestration.auth.method = {type='File', path='" + token + "'}");
        assertThat(shown(load(null, Map.of()))).isEqualTo("Authorization: Bearer secret");
        write(file, "profile.default.orchestration.auth.method = {type='Env', name='NOT_SET'}");
        assertThatThrownBy(() -> load(null, Map.of()).credential(Endpoint.ORCHESTRATION))
                .hasMessageContaining("$NOT_SET is not set");
        write(file, "profile.default.orchestration.auth.method = {type='Keychain'}");
        assertThatThrownBy(() -> load(null, Map.of()).credential(Endpoint.ORCHESTRATION))
                .hasMessageContaining("Keychain (expected:");
        write(file, "profile.default.orchestration.auth.method = {type='ApiKey'}");
        assertThatThrownBy(() -> load(null, Map.of()).credential(Endpoint.ORCHESTRATION))
                .hasMessageContaining("value.key: missing");
    }

    @Test
    void workersHaveTheirOwnAddressAndCredential() throws IOException {
        write(folder.resolve("project/tasker-client.toml"), """
            [profile.default.worker]
            base_url = "http://worker"
            auth_token = "w"
            [profile.default.orchestration]
            timeout_ms = 5
            """);
        Profile profile = load(null, Map.of());
        Profile environment =
                load(null, Map.of("TASKER_WORKER_GRPC_URL", "grpc://here", "TASKER_WORKER_AUTH_TOKEN", "e"));

        assertThat(profile.address(Endpoint.WORKER, Transport.REST)).hasToString("http://worker");
        assertThat(profile.timeout(Endpoint.WORKER)).hasSeconds(30);
        assertThat(profile.credential(Endpoint.ORCHESTRATION)).isNull();
        assertThat(environment.address(Endpoint.WORKER, Transport.GRPC)).hasToString("grpc://here");
        assertThat(Objects.requireNonNull(environment.credential(Endpoint.WORKER))
                        .secret()
                        .get())
                .isEqualTo("e");
    }

    @Test
    void settingsTellTheirOriginAndNoSecret() throws IOException {
        Path file = write(folder.resolve("project/tasker-client.toml"), """
            [profile.default.orchestration]
            auth.method = {type = "ApiKey", value = {key = "secret"}}
            [profile.staging.orchestration]
            base_url = "http://staging"
            """);

        Profile profile = load("staging", Map.of("TASKER_WORKER_AUTH_TOKEN", "secret"));

        assertThat(profile.name()).isEqualTo("staging");
        assertThat(profile.names()).containsExactly("default", "staging");
        assertThat(profile.files()).containsExactly(file);
        assertThat(profile.settings())
                .contains(
                        new Profile.Setting("transport", "rest", "default"),
                        new Profile.Setting("orchestration.base_url", "http://staging", file.toString()),
                        new Profile.Setting("orchestration.auth", "ApiKey ***", file.toString()),
                        new Profile.Setting("worker.base_url", "http://localhost:8081", "default"),
                        new Profile.Setting("worker.auth", "BearerToken ***", "$TASKER_WORKER_AUTH_TOKEN"));
        assertThat(profile.settings().toString()).doesNotContain("secret");
    }

    @Test
    void builderGoesBeforeTheProfile() throws IOException {
        Path file = write(folder.resolve("named.toml"), """
            [profile.staging]
            transport = "grpc"
            [profile.staging.orchestration]
            base_url = "http://staging:9190"
            timeout_ms = 7000
            max_retries = 2
            """);

        ClientConfig plain =
                TaskerClient.builder().profileFile(file).profile("staging").config();
        ClientConfig other = TaskerClient.builder()
                .profileFile(file)
                .profile("staging")
                .server(URI.create("https://other"))
                .credential(Credential.bearer("t"))
                .timeout(Duration.ofSeconds(1))
                .config();

        assertThat(plain.server()).hasToString("http://staging:9190");
        assertThat(plain.transport()).isEqualTo(Transport.GRPC);
        assertThat(plain.timeout()).hasSeconds(7);
        assertThat(plain.retries().attempts()).isEqualTo(2);
        assertThat(other.server()).hasToString("https://other");
        assertThat(other.transport()).as("that of the address").isEqualTo(Transport.REST);
        assertThat(other.credential()).isNotNull();
        assertThat(other.timeout()).hasSeconds(1);
        assertThatThrownBy(() ->
                        TaskerClient.builder().profileFile(file).profile("prod").build())
                .isInstanceOf(ProfileException.class)
                .hasMessageContaining("expected: default, staging");
    }

    private Profile load(@Nullable String name, Map<String, String> more) {
        Map<String, String> environment = new HashMap<>(more);
        environment.put("HOME", home.toString());
        return new ProfileFiles(project, environment).load(null, name);
    }

    private static String shown(Profile profile) {
        Credential credential = Objects.requireNonNull(profile.credential(Endpoint.ORCHESTRATION));
        assertThat(credential.toString()).contains("***");
        return credential.header() + ": " + credential.prefix()
                + credential.secret().get();
    }

    private static Path write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }
}
