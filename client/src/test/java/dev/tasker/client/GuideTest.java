package dev.tasker.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.server.config.ApiKeyConfig;
import dev.tasker.server.config.AuthConfig;
import dev.tasker.server.config.JwtConfig;
import dev.tasker.server.config.ServerConfig;
import dev.tasker.server.config.TlsConfig;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The code of the client's guide, and who is let in. */
@Timeout(120)
class GuideTest {
    @TempDir
    Path folder;

    @Test
    void codeOfTheGuideRuns() throws Exception {
        try (Scene scene = Scene.start(Scene.config(folder))) {
            scene.server().register("order.yaml", Scene.template("order"));
            URI server = scene.server().restUrl().orElseThrow();
            Thread worker = Thread.ofVirtual().start(() -> scene.work("order"));

            String status = ordered(server, "order-42");
            String again = ordered(server, "order-42");

            worker.join();
            assertThat(status).isEqualTo("complete \"second\"");
            assertThat(again).as("the same key finds the same task").isEqualTo(status);
            scene.server().register("watched.yaml", Scene.template("watched"));
            UUID task = scene.client().tasks().create(scene.request("watched")).taskUuid();
            Thread.ofVirtual().start(() -> scene.work("watched"));
            assertThat(followed(scene.client(), task)).contains("first complete", "second complete");
            assertThat(told(scene.client(), UUID.randomUUID())).isEqualTo("no such task");
            CompletableFuture<String> later = begun(scene.client(), scene.request("watched"));
            scene.work("watched");
            assertThat(later.join()).isEqualTo("complete");
            assertThat(counted(scene.client(), List.of(task))).isEqualTo("1 of 3");
            Path file = Files.writeString(
                    folder.resolve("profiles.toml"), "profile.staging.orchestration.base_url = '" + server + "'\n");
            assertThat(healthOf(file)).isEqualTo("healthy");
        }
    }

    private static String ordered(URI server, String orderNumber) throws InterruptedException {
        // guide: create
        try (TaskerClient client = TaskerClient.of(server)) {
            Task task = client.tasks()
                    .create(CreateTask.of("client_test", "order", "1.0.0", Map.of("order", orderNumber))
                            .withIdempotencyKey(orderNumber));
            Task ended = client.tasks().await(task.taskUuid(), Duration.ofSeconds(30));
            Step last = client.steps().list(task.taskUuid()).getLast();
            return ended.status().text() + " " + last.result().orElseThrow();
        }
        // guide end
    }

    private static String counted(TaskerClient client, List<UUID> tasks) throws InterruptedException {
        // guide: several
        List<Task> ended = client.tasks().awaitAll(tasks, Duration.ofMinutes(1));
        try (Stream<Task> all = client.tasks().stream(TaskQuery.all().namespace("client_test"))) {
            return ended.size() + " of " + all.count();
        }
        // guide end
    }

    private static String healthOf(Path file) throws InterruptedException {
        // guide: profile
        try (TaskerClient client = TaskerClient.builder()
                .profileFile(file) // without it the files of the project and of the person
                .profile("staging")
                .build()) {
            return client.health().basic().status();
        }
        // guide end
    }

    private static List<String> followed(TaskerClient client, UUID task) throws InterruptedException {
        List<String> told = new ArrayList<>();
        // guide: watch
        try (TaskEvents events = client.tasks().watch(task)) {
            while (!events.ended()) {
                Optional<TaskChange> change = events.next(Duration.ofSeconds(5));
                change.ifPresent(it -> told.add(it.name() + " " + it.state()));
            }
        }
        // guide end
        return told;
    }

    private static CompletableFuture<String> begun(TaskerClient client, CreateTask order) {
        // guide: async
        AsyncTaskerClient async = client.async();
        return async.call(it -> it.tasks().create(order))
                .thenCompose(task -> async.call(it -> it.tasks().await(task.taskUuid(), Duration.ofSeconds(30))))
                .thenApply(task -> task.status().text());
        // guide end
    }

    private static String told(TaskerClient client, UUID task) throws InterruptedException {
        // guide: errors
        try {
            return client.tasks().get(task).status().text();
        } catch (TaskerException e) {
            return switch (e) {
                case TaskerException.NotFound _ -> "no such task";
                case TaskerException.Conflict conflict -> "in the way: " + conflict.existingTask();
                case TaskerException.Validation invalid -> "wrong: " + invalid.violations();
                case TaskerException.Unauthorized _, TaskerException.Forbidden _ -> "not for us";
                case TaskerException.Backpressure busy -> "come back in " + busy.retryAfter();
                case TaskerException.Unavailable _, TaskerException.Timeout _ -> "nobody there";
                case TaskerException.Unsupported _ -> "not over this transport";
                case TaskerException.Protocol _ -> "not a Tasker server";
            };
        }
        // guide end
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void credentialAndCertificatesOpenAServer(Transport transport) throws Exception {
        Path store = folder.resolve("keys.p12");
        keytool(
                store,
                "-genkeypair",
                "-alias",
                "server",
                "-keyalg",
                "EC",
                "-dname",
                "CN=server",
                "-ext",
                "san=ip:127.0.0.1");
        Path certificate = folder.resolve("server.crt");
        keytool(store, "-exportcert", "-alias", "server", "-rfc", "-file", certificate.toString());
        Path key = folder.resolve("server.key");
        Files.writeString(key, pem(store));
        ServerConfig config = Scene.config(folder)
                .withAuth(new AuthConfig(
                        true,
                        false,
                        true,
                        true,
                        new JwtConfig(
                                "tasker-core", "tasker-api", List.of("RS256"), "permissions", new JwtConfig.NoKey()),
                        new ApiKeyConfig(
                                "X-API-Key",
                                List.of(new ApiKeyConfig.Key(
                                        ApiKeyConfig.sha256("our-key"),
                                        false,
                                        List.of("tasks:*"),
                                        List.of(),
                                        "us",
                                        null)))))
                .withTls(new TlsConfig(certificate, key, certificate));
        try (Scene scene = Scene.start(config)) {
            URI server = switch (transport) {
                case REST -> scene.server().restUrl().orElseThrow();
                case GRPC -> URI.create(scene.grpcUrl().toString().replace("grpc:", "grpcs:"));
            };
            // guide: secure
            ClientConfig secure = ClientConfig.of(server)
                    .withTls(ClientTls.of(certificate, certificate, key))
                    .withCredential(Credential.apiKey("X-API-Key", "our-key"))
                    .withTimeout(Duration.ofSeconds(10));
            // guide end

            try (TaskerClient client = TaskerClient.of(secure)) {
                assertThat(client.tasks().list(TaskQuery.all(), 1, 1).tasks()).isEmpty();
                assertThat(refusal(() -> client.templates().list(null))).isInstanceOf(TaskerException.Forbidden.class);
            }
            try (TaskerClient client = TaskerClient.of(secure.withCredential(Credential.bearer("odd")))) {
                assertThat(refusal(() -> client.tasks().list(TaskQuery.all(), 1, 1)))
                        .isInstanceOf(TaskerException.Unauthorized.class);
            }
            try (TaskerClient client = TaskerClient.of(secure.withTls(null).withRetries(RetryPolicy.NEVER))) {
                assertThat(refusal(() -> client.health().live()))
                        .as("an authority that nobody trusts")
                        .isInstanceOf(TaskerException.Unavailable.class);
            }
        }
    }

    @Test
    void filesThatAreNoCertificatesAreNamed() throws Exception {
        Path rubbish = Files.writeString(folder.resolve("rubbish"), "rubbish");
        Path odd = Files.writeString(
                folder.resolve("odd"), "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");

        assertThat(catching(() -> ClientTls.of(rubbish, null, null))).hasMessageContaining("rubbish");
        assertThat(catching(() -> ClientTls.of(null, rubbish, null))).hasMessageContaining("one is missing");
        assertThat(catching(() -> ClientTls.of(null, rubbish, rubbish))).hasMessageContaining("no key in it");
        assertThat(catching(() -> ClientTls.of(null, rubbish, odd))).hasMessageContaining("unknown kind of key");
        assertThat(catching(() -> ClientTls.of(folder.resolve("none"), null, null)))
                .hasMessageContaining("none");
    }

    private interface Call {
        Object make() throws InterruptedException;
    }

    private static TaskerException refusal(Call call) throws InterruptedException {
        try {
            throw new AssertionError("answered: " + call.make());
        } catch (TaskerException e) {
            return e;
        }
    }

    private static Throwable catching(Call call) throws InterruptedException {
        try {
            throw new AssertionError("made: " + call.make());
        } catch (IllegalArgumentException e) {
            return e;
        }
    }

    private static String pem(Path store) throws Exception {
        KeyStore keys = KeyStore.getInstance(store.toFile(), "changeit".toCharArray());
        String text = Base64.getMimeEncoder()
                .encodeToString(keys.getKey("server", "changeit".toCharArray()).getEncoded());
        return "-----BEGIN PRIVATE KEY-----\n" + text + "\n-----END PRIVATE KEY-----\n";
    }

    private static void keytool(Path store, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-storetype",
                "PKCS12",
                "-storepass",
                "changeit",
                "-keystore",
                store.toString()));
        command.addAll(1, List.of(arguments));
        Process process = new ProcessBuilder(command).inheritIO().start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS) && process.exitValue() == 0)
                .as(command.toString())
                .isTrue();
    }
}
