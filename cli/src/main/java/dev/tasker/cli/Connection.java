package dev.tasker.cli;

import dev.tasker.client.CallListener;
import dev.tasker.client.ClientBuilder;
import dev.tasker.client.ClientConfig;
import dev.tasker.client.ClientTls;
import dev.tasker.client.Credential;
import dev.tasker.client.Profile;
import dev.tasker.client.TaskerClient;
import dev.tasker.client.TaskerException;
import dev.tasker.client.Transport;
import dev.tasker.client.WorkerClient;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** The options of every command that calls a server, and what it answers through. */
final class Connection {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--profile", paramLabel = "NAME", description = "Profile; default: $TASKER_CLIENT_PROFILE.")
    private @Nullable String profile;

    @Option(names = "--config", paramLabel = "FILE", description = "The only file with profiles to be read.")
    private @Nullable Path config;

    @Option(names = "--url", description = "Server; default: $TASKER_ORCHESTRATION_URL, or http://localhost:8080.")
    private @Nullable URI url;

    @Option(
            names = "--transport",
            converter = TransportWord.class,
            description = "rest or grpc; default: that of the profile, or of --url.")
    private @Nullable Transport transport;

    @Option(names = "--token-file", paramLabel = "FILE", description = "File with a bearer token.")
    private @Nullable Path tokenFile;

    @Option(names = "--tls-ca", paramLabel = "FILE", description = "Authority to trust (PEM).")
    private @Nullable Path tlsCa;

    @Option(names = "--tls-cert", paramLabel = "FILE", description = "Own certificate (PEM).")
    private @Nullable Path tlsCertificate;

    @Option(names = "--tls-key", paramLabel = "FILE", description = "Private key of the certificate (PEM, PKCS#8).")
    private @Nullable Path tlsKey;

    @Option(names = "--format", description = "${COMPLETION-CANDIDATES}; default: table.")
    private @Nullable Format format;

    @Option(names = "--json", description = "The same as --format json.")
    private boolean json;

    @Option(names = "--verbose", description = "Tell of each call.")
    private boolean verbose;

    @Option(
            names = {"-q", "--quiet"},
            description = "Print what was asked for and errors, nothing else.")
    private boolean quiet;

    /** As profiles have it. */
    static final class TransportWord implements ITypeConverter<Transport> {
        @Override
        public Transport convert(String text) {
            return switch (text) {
                case "rest" -> Transport.REST;
                case "grpc" -> Transport.GRPC;
                default -> throw new TypeConversionException(text + " (expected: rest or grpc)");
            };
        }
    }

    /** How to print what a command finds. */
    enum Format {
        table,
        json,
        jsonl,
        yaml,
        csv,
        id
    }

    /** To be closed. */
    TaskerClient open() {
        return TaskerClient.of(config());
    }

    /** What {@link #open} connects with. */
    ClientConfig config() {
        return config(TaskerClient.builder().server(url));
    }

    /**
     * A client of a worker, to be closed.
     *
     * @param worker null for the one of the profile
     */
    WorkerClient openWorker(@Nullable URI worker) {
        return WorkerClient.of(config(WorkerClient.builder().server(worker)));
    }

    /** Whether profile or environment say where a worker is. */
    boolean namesWorker() {
        return checked(() -> Profile.load(file(), profile()).namesWorker());
    }

    private ClientConfig config(ClientBuilder<?> builder) {
        return checked(() -> builder.profileFile(file())
                .profile(profile())
                .transport(transport)
                .credential(tokenFile == null ? null : Credential.bearerFile(tokenFile))
                .tls(
                        tlsCa == null && tlsCertificate == null && tlsKey == null
                                ? null
                                : ClientTls.of(tlsCa, tlsCertificate, tlsKey))
                .listener(verbose || root().isVerbose() ? this::tellOfCall : CallListener.NONE)
                .config());
    }

    private void tellOfCall(String call, Duration took, @Nullable TaskerException failure) {
        String end = failure == null ? "" : ", failed at attempt " + failure.attempts() + ": " + failure.getMessage();
        say(call + " took " + took.toMillis() + " ms" + end);
    }

    private static <T> T checked(Supplier<T> configuration) {
        try {
            return configuration.get();
        } catch (IllegalArgumentException e) {
            throw new CommandException(CommandException.CONFIGURATION, String.valueOf(e.getMessage()), e);
        }
    }

    Output output() {
        return new Output(spec.commandLine().getOut(), format());
    }

    Format format() {
        if (json) {
            return Format.json;
        }
        Format chosen = format == null ? root().format() : format;
        return chosen == null ? Format.table : chosen;
    }

    /** Says something beside what is printed. */
    void tell(String sentence) {
        if (!quiet && !root().isQuiet()) {
            say(sentence);
        }
    }

    private void say(String sentence) {
        spec.commandLine().getErr().println("tasker: " + sentence);
        spec.commandLine().getErr().flush();
    }

    ParameterException wrong(String sentence) {
        return new ParameterException(spec.commandLine(), sentence);
    }

    private @Nullable Path file() {
        return config == null ? root().config() : config;
    }

    private @Nullable String profile() {
        return profile == null ? root().profile() : profile;
    }

    private TaskerCommand root() {
        return (TaskerCommand) spec.root().userObject();
    }
}
