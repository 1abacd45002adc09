package dev.tasker.client;

import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/** Calls over HTTP, and what comes back. The JDK repeats a GET by itself once when a connection breaks; that is not counted. Thread-safe. */
final class RestCalls implements AutoCloseable {
    private static final Duration CONNECT_MAX = Duration.ofSeconds(10);
    private static final String USER_AGENT = "tasker-client/" + TaskerClient.version();

    private final ClientConfig config;
    private final HttpClient http;
    private final Repetition repetition;

    RestCalls(ClientConfig config) {
        this.config = config;
        this.repetition = new Repetition(config);
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(smaller(CONNECT_MAX, config.timeout()))
                .followRedirects(HttpClient.Redirect.NEVER) // credentials go to the server that was named, nowhere else
                .sslContext(tls(config))
                .build();
    }

    ClientConfig config() {
        return config;
    }

    /** The answer as this record. */
    <T> T call(Request request, Class<T> type) throws InterruptedException {
        return read(send(request), body -> Json.MAPPER.readValue(body, type));
    }

    /** The answer as a list of such records. */
    <T> List<T> callForList(Request request, Class<T> type) throws InterruptedException {
        return List.copyOf(
                read(send(request), body -> Json.MAPPER.readerForListOf(type).<List<T>>readValue(body)));
    }

    /** The answer to a call that succeeded, at the latest when the time is up. */
    Answer send(Request request) throws InterruptedException {
        return repetition.call(request.method() + " " + request.path(), request.manner(), (number, limit) -> {
            Answer answer = once(request, number, limit);
            if (!answer.isSuccess()) {
                throw Refusal.of(answer);
            }
            return answer;
        });
    }

    /** An answer whose lines come one by one, whatever its status; not repeated. */
    HttpResponse<?> open(Request request, EventLines lines) throws InterruptedException {
        HttpResponse<Flow.Publisher<List<ByteBuffer>>> response =
                exchange(request, 1, config.timeout(), BodyHandlers.ofPublisher());
        response.body().subscribe(lines.reader());
        return response;
    }

    @Override
    public void close() {
        repetition.close();
        http.shutdownNow();
        http.close();
    }

    Repetition repetition() {
        return repetition;
    }

    private Answer once(Request request, int attempt, Duration limit) throws InterruptedException {
        HttpResponse<String> response = exchange(request, attempt, limit, BodyHandlers.ofString());
        return new Answer(response.statusCode(), response.headers(), response.body(), attempt);
    }

    private <T> HttpResponse<T> exchange(Request request, int attempt, Duration limit, HttpResponse.BodyHandler<T> body)
            throws InterruptedException {
        if (repetition.isClosed()) {
            throw new IllegalStateException("This client is closed.");
        }
        CompletableFuture<HttpResponse<T>> exchange = http.sendAsync(http(request), body);
        try {
            return exchange.get(Math.max(1, limit.toNanos()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            exchange.cancel(true);
            throw silent(attempt, e);
        } catch (InterruptedException e) {
            exchange.cancel(true);
            throw e;
        } catch (ExecutionException e) {
            throw failed(attempt, e.getCause());
        }
    }

    private HttpRequest http(Request request) {
        HttpRequest.Builder builder = HttpRequest.newBuilder(config.server().resolve(request.path()))
                .method(request.method(), body(request.body()))
                .header("User-Agent", USER_AGENT);
        request.headers().forEach(builder::header);
        CallerTrace.headers().forEach(builder::header);
        Credential credential = config.credential();
        if (credential != null) {
            builder.header(
                    credential.header(),
                    credential.prefix() + credential.secret().get());
        }
        return builder.build();
    }

    private static BodyPublisher body(@Nullable String text) {
        return text == null ? BodyPublishers.noBody() : BodyPublishers.ofString(text);
    }

    private TaskerException silent(int attempt, Throwable cause) {
        return new TaskerException.Timeout(Refusal.silence(
                "The server at " + config.server() + " does not answer in time.", false, attempt, cause));
    }

    private TaskerException failed(int attempt, @Nullable Throwable cause) {
        return switch (cause) {
            case HttpConnectTimeoutException e -> unreachable("does not accept a connection in time", true, attempt, e);
            case HttpTimeoutException e -> silent(attempt, e);
            case ConnectException e -> unreachable("cannot be reached", true, attempt, e);
            case IOException e -> unreachable("has broken the connection: " + e.getMessage(), false, attempt, e);
            case null, default -> throw new IllegalStateException("HTTP client failed", cause);
        };
    }

    private TaskerException unreachable(String what, boolean unsent, int attempt, Throwable cause) {
        return new TaskerException.Unavailable(
                Refusal.silence("The server at " + config.server() + " " + what + ".", unsent, attempt, cause));
    }

    private static <T> T read(Answer answer, Function<String, T> reader) {
        try {
            T read = reader.apply(answer.body());
            if (read != null) {
                return read;
            }
            throw unreadable(answer, "null", null);
        } catch (JacksonException e) {
            throw unreadable(answer, e.getOriginalMessage(), e);
        }
    }

    private static TaskerException unreadable(Answer answer, String fault, @Nullable Throwable cause) {
        return new TaskerException.Protocol(
                Refusal.unreadable(answer, "The answer is not what a Tasker server says: " + fault, cause));
    }

    /** The configured one; for plain HTTP one that has nothing, since the JDK's own takes a noticeable part of a start. */
    private static SSLContext tls(ClientConfig config) {
        SSLContext configured = config.tls();
        if (configured != null) {
            return configured;
        }
        if (!config.isSecure()) {
            return new NoTls();
        }
        try {
            return SSLContext.getDefault();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("This JDK has no TLS", e);
        }
    }

    private static Duration smaller(Duration one, Duration other) {
        return one.compareTo(other) <= 0 ? one : other;
    }
}
