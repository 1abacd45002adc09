package dev.tasker.cli;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.tasker.server.security.Permission;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code tasker auth …} (07 §6): keys and tokens, made and looked at without a server. */
@Command(
        name = "auth",
        description = "Makes keys and tokens, and looks at them.",
        mixinStandardHelpOptions = true,
        addMethodSubcommands = false)
final class AuthCommand extends CommandGroup {
    private final InstantSource clock;

    AuthCommand() {
        super(AuthWhoamiCommand.class);
        this.clock = InstantSource.system();
    }

    @Command(
            name = "generate-keys",
            description = "Makes an RSA key pair: jwt-private-key.pem (PKCS#8) and jwt-public-key.pem.",
            mixinStandardHelpOptions = true)
    void generateKeys(
            @Option(
                            names = {"-o", "--output-dir"},
                            defaultValue = "keys",
                            description = "Default: ${DEFAULT-VALUE}")
                    Path folder,
            @Option(
                            names = {"-k", "--key-size"},
                            defaultValue = "2048",
                            description = "Bits, 2048 or more. Default: ${DEFAULT-VALUE}")
                    int bits) {
        KeyFiles.write(folder, bits);
        say("Wrote " + folder.resolve(KeyFiles.PRIVATE) + " (keep it secret) and " + folder.resolve(KeyFiles.PUBLIC)
                + ".");
    }

    @Command(
            name = "generate-token",
            description = "Signs a token; prints it on standard output, and what is in it on standard error.",
            mixinStandardHelpOptions = true)
    void generateToken(
            @Option(
                            names = {"-p", "--permissions"},
                            required = true,
                            split = ",",
                            description = "With commas between them.")
                    List<String> permissions,
            @Option(
                            names = {"-s", "--subject"},
                            defaultValue = "tasker-client",
                            description = "Default: ${DEFAULT-VALUE}")
                    String subject,
            @Option(
                            names = "--private-key",
                            defaultValue = "keys/" + KeyFiles.PRIVATE,
                            description = "Default: ${DEFAULT-VALUE}")
                    Path privateKey,
            @Option(
                            names = {"-e", "--expiry-hours"},
                            defaultValue = "24",
                            description = "Default: ${DEFAULT-VALUE}")
                    int hours,
            @Option(names = "--issuer", defaultValue = "tasker-core", description = "Default: ${DEFAULT-VALUE}")
                    String issuer,
            @Option(names = "--audience", defaultValue = "tasker-api", description = "Default: ${DEFAULT-VALUE}")
                    String audience)
            throws JOSEException {
        PrintWriter err = spec().commandLine().getErr();
        permissions.stream()
                .filter(permission -> Permission.grantedBy(permission).isEmpty())
                .forEach(permission ->
                        err.println("tasker: warning: " + permission + " is no permission that a server knows"));
        Instant now = clock.instant();
        Instant expiry = now.plus(Duration.ofHours(hours));
        SignedJWT token = new SignedJWT(
                new JWSHeader(JWSAlgorithm.RS256),
                new JWTClaimsSet.Builder()
                        .subject(subject)
                        .issuer(issuer)
                        .audience(audience)
                        .claim("iat", now.getEpochSecond())
                        .claim("exp", expiry.getEpochSecond())
                        .claim("permissions", permissions)
                        .build());
        token.sign(new RSASSASigner(KeyFiles.privateKey(privateKey)));
        say(token.serialize());
        err.println("For " + subject + " until " + Table.text(expiry) + ": " + String.join(", ", permissions));
        err.flush();
    }

    @Command(
            name = "show-permissions",
            description = "Lists the permissions there are.",
            mixinStandardHelpOptions = true)
    void showPermissions() {
        Table table = Table.titled("PERMISSION", "INCLUDED IN");
        Arrays.stream(Permission.values()).forEach(permission -> table.row(permission.text(), permission.wildcard()));
        say(table.toString().stripTrailing());
    }

    @Command(
            name = "validate-token",
            description =
                    "Shows what is in a token; exits with 8 when its signature is not of the key, or it has expired.",
            mixinStandardHelpOptions = true)
    int validateToken(
            @Option(
                            names = {"-t", "--token"},
                            required = true,
                            description = "The token; @FILE reads it from a file.")
                    String text,
            @Option(
                            names = "--public-key",
                            defaultValue = "keys/" + KeyFiles.PUBLIC,
                            description = "Default: ${DEFAULT-VALUE}")
                    Path publicKey)
            throws JOSEException {
        try {
            SignedJWT token =
                    SignedJWT.parse(InputText.text(spec(), "--token", text).strip());
            JWTClaimsSet claims = token.getJWTClaimsSet();
            boolean isSigned = token.getHeader().getAlgorithm().equals(JWSAlgorithm.RS256)
                    && token.verify(new RSASSAVerifier(KeyFiles.publicKey(publicKey)));
            Object expiry = claims.toJSONObject().get("exp");
            boolean isCurrent = expiry instanceof Number seconds
                    && clock.instant().isBefore(Instant.ofEpochSecond(seconds.longValue()));
            Table table = Table.plain().row("Signature", isSigned ? "of this key" : "NOT of this key");
            table.row("Expiry", isCurrent ? "not yet" : "EXPIRED, or none");
            claims.toJSONObject()
                    .forEach((name, value) -> table.row(
                            name,
                            value instanceof Number seconds && (name.equals("exp") || name.equals("iat"))
                                    ? Instant.ofEpochSecond(seconds.longValue())
                                    : value));
            say(table.toString().stripTrailing());
            return isSigned && isCurrent ? 0 : CommandException.INVALID;
        } catch (ParseException e) {
            throw new CommandException(CommandException.INVALID, "--token: not a token: " + e.getMessage(), e);
        }
    }

    private void say(String text) {
        spec().commandLine().getOut().println(text);
        spec().commandLine().getOut().flush();
    }
}
