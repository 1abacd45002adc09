package dev.tasker.cli;

import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.tasker.client.ClientConfig;
import dev.tasker.client.Credential;
import dev.tasker.client.TaskQuery;
import dev.tasker.client.TaskerClient;
import dev.tasker.client.TaskerException;
import dev.tasker.server.security.Permission;
import java.text.ParseException;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code tasker auth whoami} (07 §6). */
@Command(
        name = "whoami",
        description =
                "Shows the credential that commands show here, what it permits as far as it says so itself, and whether"
                        + " the server takes it; exits with 5 when it does not.",
        mixinStandardHelpOptions = true)
final class AuthWhoamiCommand implements Callable<Integer> {
    @Mixin
    private Connection connection = new Connection();

    /**
     * What it finds.
     *
     * @param permissions null where the credential does not say, as a key does not
     */
    record Caller(
            String server,
            String credential,
            @Nullable String subject,
            @Nullable List<String> permissions,
            @Nullable Instant expires,
            boolean accepted) {}

    @Override
    public Integer call() throws InterruptedException {
        ClientConfig config = connection.config();
        boolean accepted;
        try (TaskerClient client = TaskerClient.of(config)) {
            accepted = isAccepted(client);
        }
        Caller caller = caller(config, accepted);
        connection
                .output()
                .show(
                        caller,
                        caller.subject() == null ? caller.credential() : caller.subject(),
                        () -> Table.plain()
                                        .row("Server", caller.server())
                                        .row("Credential", caller.credential())
                                        .row("Subject", caller.subject())
                                        .row("Expires", caller.expires())
                                        .row("Accepted", caller.accepted() ? "yes" : "NO")
                                        .row("Permissions", caller.permissions() == null ? null : "")
                                + lines(caller.permissions()));
        return accepted ? 0 : CommandException.NOT_PERMITTED;
    }

    /** Who may not list tasks is known all the same. */
    private static boolean isAccepted(TaskerClient client) throws InterruptedException {
        try {
            var _ = client.tasks().list(TaskQuery.all(), 1, 1);
            return true;
        } catch (TaskerException.Forbidden e) {
            return true;
        } catch (TaskerException.Unauthorized e) {
            return false;
        }
    }

    private static Caller caller(ClientConfig config, boolean accepted) {
        String server = config.server().toString();
        Credential credential = config.credential();
        if (credential == null) {
            return new Caller(server, "none", null, null, null, accepted);
        }
        if (credential.prefix().isEmpty()) {
            return new Caller(server, "key in " + credential.header(), null, null, null, accepted);
        }
        try {
            JWTClaimsSet claims = SignedJWT.parse(credential.secret().get()).getJWTClaimsSet();
            List<String> words = claims.getStringListClaim("permissions");
            return new Caller(
                    server,
                    "token",
                    claims.getSubject(),
                    words == null ? null : effective(words),
                    claims.toJSONObject().get("exp") instanceof Number seconds
                            ? Instant.ofEpochSecond(seconds.longValue())
                            : null,
                    accepted);
        } catch (ParseException e) {
            return new Caller(server, "token that is no JSON web token", null, null, null, accepted);
        }
    }

    private static List<String> effective(List<String> words) {
        return words.stream()
                .flatMap(word -> Permission.grantedBy(word).stream())
                .map(Permission::text)
                .distinct()
                .sorted()
                .toList();
    }

    private static String lines(@Nullable List<String> permissions) {
        return permissions == null
                ? ""
                : permissions.stream()
                        .map(permission -> "  " + permission + "\n")
                        .collect(Collectors.joining());
    }
}
