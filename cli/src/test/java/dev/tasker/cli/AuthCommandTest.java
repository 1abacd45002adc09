package dev.tasker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.server.TaskerServer;
import dev.tasker.server.config.ApiKeyConfig;
import dev.tasker.server.config.AuthConfig;
import dev.tasker.server.config.BindAddress;
import dev.tasker.server.config.Environment;
import dev.tasker.server.config.JwtConfig;
import dev.tasker.server.config.ServerConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys and tokens, and what a server with authentication makes of them. */
class AuthCommandTest {
    @TempDir
    Path folder;

    @Test
    void madeTokenOpensAServerAsFarAsItsPermissionsGo() throws Exception {
        Path keys = folder.resolve("keys");
        Execution made = Execution.of("auth", "generate-keys", "-o", keys.toString());
        Path secret = keys.resolve("jwt-private-key.pem");
        Path open = keys.resolve("jwt-public-key.pem");
        Execution signed = Execution.of(
                "auth", "generate-token", "-p", "tasks:list,tasks:read", "--private-key", secret.toString());
        Path token = Files.writeString(folder.resolve("token"), signed.out());

        assertThat(made.exitCode()).as(made.err()).isZero();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(secret)))
                .isEqualTo("rw-------");
        assertThat(signed.err()).startsWith("For tasker-client until ");
        Execution valid = Execution.of("auth", "validate-token", "-t", "@" + token, "--public-key", open.toString());
        assertThat(valid.exitCode()).as(valid.err()).isZero();
        assertThat(valid.out()).containsPattern("Signature +of this key").containsPattern("permissions +\\[tasks:list");
        ServerConfig config = ServerConfig.defaults(Environment.TEST)
                .withEmbeddedDatabase(folder.resolve("pg"), false)
                .withAddresses(BindAddress.loopback(0), BindAddress.loopback(0))
                .withAuth(new AuthConfig(
                        true,
                        false,
                        true,
                        true,
                        new JwtConfig(
                                "tasker-core",
                                "tasker-api",
                                List.of("RS256"),
                                "permissions",
                                new JwtConfig.InlineKey(Files.readString(open))),
                        new ApiKeyConfig("X-API-Key", List.of())));
        try (TaskerServer server = TaskerServer.start(config)) {
            String url = server.restUrl().orElseThrow().toString();
            Execution nobody = Execution.of("task", "list", "--url", url);
            Execution known = Execution.of("task", "list", "--url", url, "--token-file", token.toString());
            Execution forbidden = Execution.of("template", "list", "--url", url, "--token-file", token.toString());

            Execution caller = Execution.of("auth", "whoami", "--url", url, "--token-file", token.toString());
            Execution stranger = Execution.of("auth", "whoami", "--url", url, "--json");

            assertThat(caller.exitCode()).as(caller.err()).isZero();
            assertThat(caller.out())
                    .containsPattern("Subject +tasker-client")
                    .containsPattern("Accepted +yes")
                    .endsWith("  tasks:list\n  tasks:read\n");
            assertThat(stranger.exitCode()).isEqualTo(5);
            assertThat(stranger.out()).contains("\"credential\" : \"none\"").contains("\"accepted\" : false");
            assertThat(nobody.exitCode()).isEqualTo(5);
            assertThat(nobody.err())
                    .isEqualTo("tasker: Missing authentication credentials."
                            + " Set TASKER_AUTH_TOKEN or TASKER_API_KEY, or use --token-file.\n");
            assertThat(known.exitCode()).as(known.err()).isZero();
            assertThat(forbidden.exitCode()).isEqualTo(5);
            assertThat(forbidden.err()).isEqualTo("tasker: Missing required permission: templates:read.\n");
        }
    }

    @Test
    void whatIsWrongWithKeysAndTokensIsSaid() throws Exception {
        Path one = folder.resolve("one");
        Path other = folder.resolve("other");
        Execution.of("auth", "generate-keys", "-o", one.toString());
        Execution.of("auth", "generate-keys", "-o", other.toString());
        String secret = one.resolve("jwt-private-key.pem").toString();
        Execution expired =
                Execution.of("auth", "generate-token", "-p", "tasks:fly", "-e", "-1", "--private-key", secret);
        String token = expired.out().strip();

        assertThat(expired.err()).contains("warning: tasks:fly is no permission");
        assertThat(validate(token, one).out()).containsPattern("Expiry +EXPIRED");
        assertThat(validate(token, one).exitCode()).isEqualTo(8);
        assertThat(validate(token, other).out()).containsPattern("Signature +NOT of this key");
        assertThat(validate("odd", one).exitCode()).isEqualTo(8);
        assertThat(validate(token, folder).err()).contains("cannot be read");
        assertThat(Execution.of("auth", "generate-keys", "-o", one.toString()).err())
                .contains("is there already");
        assertThat(Execution.of("auth", "generate-keys", "-k", "1024").err()).contains("--key-size: 1024");
        assertThat(Execution.of("auth", "generate-token", "-p", "x", "--private-key", one + "/jwt-public-key.pem")
                        .err())
                .contains("no PRIVATE KEY in it");
        Path rubbish = Files.writeString(folder.resolve("rubbish"), """
            -----BEGIN PRIVATE KEY-----
            AAAA
            -----END PRIVATE KEY-----
            -----BEGIN PUBLIC KEY-----
            AAAA
            -----END PUBLIC KEY-----
            """);
        assertThat(Execution.of("auth", "generate-token", "-p", "x", "--private-key", rubbish.toString())
                        .err())
                .contains("not an RSA key");
        assertThat(Execution.of("auth", "validate-token", "-t", token, "--public-key", rubbish.toString())
                        .err())
                .contains("not an RSA key");
        assertThat(Execution.of("auth", "show-permissions").out()).containsPattern("tasks:create +tasks:\\*");
    }

    private static Execution validate(String token, Path keys) {
        return Execution.of(
                "auth",
                "validate-token",
                "-t",
                token,
                "--public-key",
                keys.resolve("jwt-public-key.pem").toString());
    }
}
