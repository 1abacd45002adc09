package dev.tasker.client;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Makes a client by a profile (07 §2, §10.6): what is said here goes before the environment, that before the project's file, that before the
 * person's. Nothing is read before {@link #build()}. Not thread-safe; get one from {@link TaskerClient#builder()} or
 * {@link WorkerClient#builder()}.
 *
 * @param <C> the client
 */
public final class ClientBuilder<C> {
    private final Endpoint endpoint;
    private final Function<ClientConfig, C> client;
    private @Nullable Path file;
    private @Nullable String profile;
    private @Nullable URI server;
    private @Nullable Transport transport;
    private @Nullable Credential credential;
    private @Nullable Duration timeout;
    private @Nullable SSLContext tls;
    private CallListener listener = CallListener.NONE;

    ClientBuilder(Endpoint endpoint, Function<ClientConfig, C> client) {
        this.endpoint = endpoint;
        this.client = client;
    }

    /** By its name; null for the one of {@code TASKER_CLIENT_PROFILE}, or else {@code default}. */
    public ClientBuilder<C> profile(@Nullable String name) {
        this.profile = name;
        return this;
    }

    /** The only file to be read; null for those of person and project. */
    public ClientBuilder<C> profileFile(@Nullable Path only) {
        this.file = only;
        return this;
    }

    /** Its address, as {@link ClientConfig} has it; null for the profile's. */
    public ClientBuilder<C> server(@Nullable URI address) {
        this.server = address;
        return this;
    }

    /** Null for that of {@link #server}, or else the profile's. */
    public ClientBuilder<C> transport(@Nullable Transport spoken) {
        this.transport = spoken;
        return this;
    }

    /** Null for the profile's. */
    public ClientBuilder<C> credential(@Nullable Credential shown) {
        this.credential = shown;
        return this;
    }

    /** Of a call; null for the profile's. */
    public ClientBuilder<C> timeout(@Nullable Duration limit) {
        this.timeout = limit;
        return this;
    }

    /** For encrypted addresses, see {@link ClientTls}; null for the authorities that the JDK trusts. */
    public ClientBuilder<C> tls(@Nullable SSLContext context) {
        this.tls = context;
        return this;
    }

    /** Hears of calls. */
    public ClientBuilder<C> listener(CallListener hearing) {
        this.listener = hearing;
        return this;
    }

    /**
     * What all of it comes to.
     *
     * @throws ProfileException for a profile that cannot be used
     * @throws IllegalArgumentException for an address that is none
     */
    public ClientConfig config() {
        return config(Profile.load(file, profile));
    }

    /** Connects with the first call; fails as {@link #config()}. */
    public C build() {
        return client.apply(config());
    }

    ClientConfig config(Profile chosen) {
        Transport spoken = transport == null ? transport(chosen) : transport;
        return new ClientConfig(
                server == null ? chosen.address(endpoint, spoken) : server,
                credential == null ? chosen.credential(endpoint) : credential,
                timeout == null ? chosen.timeout(endpoint) : timeout,
                chosen.retries(endpoint),
                tls,
                spoken,
                listener);
    }

    /** An address says by itself when it is one of gRPC. */
    private Transport transport(Profile chosen) {
        return server == null ? chosen.transport() : ClientConfig.of(server).transport();
    }
}
