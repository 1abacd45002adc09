package dev.tasker.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tasker.client.Credential;
import dev.tasker.client.Transport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where commands find a server and how they show who they are (07 §2). */
class ConnectionTest {
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
        ClientProfile profile = load(null, Map.of());

        assertThat(profile.server(Transport.REST)).isEqualTo(URI.create("http://localhost:8080"));
        assertThat(profile.timeoutMs()).isEqualTo(30_000);
        assertThat(profile.retries().attempts()).isEqualTo(3);
        assertThat(profile.credential()).isNull();
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

        assertThat(load(null, Map.of()).server(Transport.REST)).hasToString("http://project");
        assertThat(load(null, Map.of()).timeoutMs()).isEqualTo(5);
        assertThat(load("staging", Map.of()).server(Transport.REST)).hasToString("http://staging");
        assertThat(load("staging", Map.of()).retries().attempts()).isEqualTo(7);
        Map<String, String> environment = Map.of(
                "TASKER_CLIENT_PROFILE",
                "staging",
                "TASKER_ORCHESTRATION_URL",
                "http://here",
                "TASKER_ORCHESTRATION_TIMEOUT_MS",
                "9");
        assertThat(load(null, environment).server(Transport.REST)).hasToString("http://here");
        assertThat(load(null, environment).timeoutMs()).isEqualTo(9);
        assertThat(load(null, environment).retries().attempts()).isEqualTo(7);
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

        ClientProfile grpc = load(null, Map.of("TASKER_CLIENT_TRANSPORT", "grpc"));

        assertThat(load(null, Map.of()).transport()).isEqualTo(Transport.REST);
        assertThat(load("staging", Map.of()).transport()).isEqualTo(Transport.GRPC);
        assertThat(load("staging", Map.of()).server(Transport.GRPC)).hasToString("https://staging:9190");
        assertThat(grpc.transport()).isEqualTo(Transport.GRPC);
        assertThat(grpc.server(Transport.GRPC)).hasToString("http://localhost:9190");
        assertThat(load(null, Map.of("TASKER_TRANSPORT", "grpc", "TASKER_ORCHESTRATION_GRPC_URL", "grpc://here"))
                        .server(Transport.GRPC))
                .hasToString("grpc://here");
    }

    @Test
    void fileThatIsNamedIsTheOnlyOne() throws IOException {
        write(home.resolve(".tasker/client.toml"), "profile.default.orchestration.timeout_ms = 5\n");
        Path named = write(folder.resolve("named.toml"), "profile.default.orchestration.base_url = 'http://named'\n");

        ClientProfile profile = new ProfileFiles(project, Map.of("HOME", home.toString())).load(named, null);

        assertThat(profile.server(Transport.REST)).hasToString("http://named");
        assertThat(profile.timeoutMs()).isEqualTo(30_000);
        assertThat(load(null, Map.of()).timeoutMs()).isEqualTo(5);
    }

    @Test
    void filesThatCannotBeUsedAreNamedWithTheirLine() throws IOException {
        Path broken = write(folder.resolve("project/tasker-client.toml"), "[profile.default]\nx =\n");

        assertThatThrownBy(() -> load(null, Map.of()))
                .isInstanceOfSatisfying(
                        CommandException.class, e -> assertThat(e.exitCode()).isEqualTo(3))
                .hasMessageContaining(broken + ", line 2, column ");
        write(broken, "profile.default.transport = 'pigeon'\n");
        assertThatThrownBy(() -> load(null, Map.of()).transport())
                .hasMessage("transport: pigeon (expected: rest or grpc)");
        write(broken, "profile.default.orchestration.timeout_ms = -1\n");
        assertThatThrownBy(() -> load(null, Map.of()).timeoutMs()).hasMessageContaining("timeout_ms: -1");
        write(broken, "profile.default.orchestration.base_url = 'a b'\n");
        assertThatThrownBy(() -> load(null, Map.of()).server(Transport.REST)).hasMessageContaining("base_url: a b");
        assertThat(Execution.of(
                                "task",
                                "list",
                                "--config",
                                folder.resolve("none.toml").toString())
                        .exitCode())
                .isEqualTo(3);
        assertThat(Execution.of("task", "list", "--url", "localhost:1").err()).contains("expected: http://host:port");
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
        assertThatThrownBy(() -> load(null, Map.of()).credential()).hasMessageContaining("$NOT_SET is not set");
        write(file, "profile.default.orchestration.auth.method = {type='Keychain'}");
        assertThatThrownBy(() -> load(null, Map.of()).credential()).hasMessageContaining("Keychain (expected:");
        write(file, "profile.default.orchestration.auth.method = {type='ApiKey'}");
        assertThatThrownBy(() -> load(null, Map.of()).credential()).hasMessageContaining("value.key: missing");
    }

    @Test
    void serverThatIsNotThereIsOneSentence() throws IOException {
        String url;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            url = "http://127.0.0.1:" + free.getLocalPort();
        }
        Path config = write(folder.resolve("c.toml"), """
            [profile.default.orchestration]
            base_url = "%s"
            max_retries = 1
            """.formatted(url));

        Execution list = Execution.of("-c", config.toString(), "task", "list");
        Execution health = Execution.of("--format", "json", "system", "health", "--config", config.toString());

        assertThat(list.exitCode()).isEqualTo(4);
        assertThat(list.err())
                .isEqualTo("tasker: The server at " + url + " cannot be reached. Is it running?"
                        + " --url or TASKER_ORCHESTRATION_URL name another.\n");
        assertThat(health.exitCode()).isEqualTo(4);
        assertThat(health.err()).startsWith("{\"code\":\"\",");
    }

    @Test
    void onlyAPersonCanAgree() {
        Confirmation confirmation = new Confirmation();

        confirmation.require("Sure?", _ -> " Y ");
        confirmation.require("Sure?", _ -> "yes");
        assertThatThrownBy(() -> confirmation.require("Sure?", _ -> "n")).hasMessage("Nothing was changed.");
    }

    @Test
    void conditionsAreReadOrNamed() {
        assertThat(TaskQueryText.parse("namespace=a version=1 initiator=i source_system=s q=late context.order.a-b.0=17"
                        + " created>2026-01-01T00:00:00Z created<2026-01-02T00:00:00Z"))
                .isNotNull();
        for (String wrong : new String[] {"x", "colour=red", "context=1", "context.a<1", "created>yesterday"}) {
            assertThatThrownBy(() -> TaskQueryText.parse(wrong)).hasMessageStartingWith("--query: " + wrong);
        }
    }

    private ClientProfile load(@Nullable String name, Map<String, String> more) {
        Map<String, String> environment = new HashMap<>(more);
        environment.put("HOME", home.toString());
        return new ProfileFiles(project, environment).load(null, name);
    }

    private static String shown(ClientProfile profile) {
        Credential credential = Objects.requireNonNull(profile.credential());
        assertThat(credential.toString()).contains("***");
        return credential.header() + ": " + credential.prefix()
                + credential.secret().get();
    }

    private static Path write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }
}
