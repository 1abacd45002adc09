package dev.tasker.server.security;

import com.nimbusds.jose.jwk.JWKSet;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.text.ParseException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Fetches a key set over HTTP. Follows no redirects: they would lead past the check of the host. */
final class JwksFetcher implements JwksCache.Source {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final int BYTES_MAX = 1 << 20;

    private final URI url;
    private final HostCheck hosts;
    private final Duration timeout;

    JwksFetcher(URI url, HostCheck hosts) {
        this(url, hosts, TIMEOUT);
    }

    JwksFetcher(URI url, HostCheck hosts, Duration timeout) {
        this.url = url;
        this.hosts = hosts;
        this.timeout = timeout;
    }

    @Override
    public JWKSet fetch() throws IOException {
        hosts.check(url.getHost());
        HttpRequest request = HttpRequest.newBuilder(url)
                .header("Accept", "application/jwk-set+json, application/json")
                .build();
        HttpClient client = HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(timeout)
                .build();
        try { // a client for each: it happens once an hour, and nothing is left behind
            HttpResponse<String> response = client.sendAsync(
                            request, BodyHandlers.limiting(BodyHandlers.ofString(), BYTES_MAX))
                    .get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            if (response.statusCode() != 200) {
                throw new IOException("status " + response.statusCode() + " (expected: 200)");
            }
            return JWKSet.parse(response.body());
        } catch (ParseException e) {
            throw new IOException("not a key set: " + e.getMessage(), e);
        } catch (ExecutionException e) {
            throw new IOException(String.valueOf(e.getCause()), e);
        } catch (TimeoutException e) {
            throw new IOException("no answer within " + timeout, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            client.shutdownNow();
        }
    }
}
