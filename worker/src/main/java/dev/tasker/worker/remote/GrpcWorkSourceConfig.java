package dev.tasker.worker.remote;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a worker keeps its stream.
 *
 * @param keepAlive pause between HTTP/2 pings; servers refuse less than 10 s
 * @param backoffFirst bound of the pause before the first attempt to reconnect, doubled with each failure; the pause is a
 *     random part of it
 * @param backoffMax largest bound
 * @param resendAfter when a result without an answer is sent again on the same stream
 * @param credential null: none is shown
 * @param tls null: plain HTTP/2
 */
public record GrpcWorkSourceConfig(
        Duration keepAlive,
        Duration backoffFirst,
        Duration backoffMax,
        Duration resendAfter,
        @Nullable WorkerCredential credential,
        @Nullable WorkerTls tls) {

    public static final GrpcWorkSourceConfig DEFAULT = new GrpcWorkSourceConfig(
            Duration.ofSeconds(30), Duration.ofMillis(100), Duration.ofSeconds(10), Duration.ofSeconds(30));

    public GrpcWorkSourceConfig {
        if (keepAlive.compareTo(Duration.ofSeconds(10)) < 0) {
            throw new IllegalArgumentException("keep_alive: " + keepAlive + " (expected: >= PT10S)");
        }
        var _ = new Reconnection(backoffFirst, backoffMax, resendAfter); // checks them
    }

    /** Without credential and TLS. */
    public GrpcWorkSourceConfig(Duration keepAlive, Duration backoffFirst, Duration backoffMax, Duration resendAfter) {
        this(keepAlive, backoffFirst, backoffMax, resendAfter, null, null);
    }

    /** With this credential, null: with none. */
    public GrpcWorkSourceConfig withCredential(@Nullable WorkerCredential newCredential) {
        return new GrpcWorkSourceConfig(keepAlive, backoffFirst, backoffMax, resendAfter, newCredential, tls);
    }

    /** With TLS, null: plain HTTP/2. */
    public GrpcWorkSourceConfig withTls(@Nullable WorkerTls newTls) {
        return new GrpcWorkSourceConfig(keepAlive, backoffFirst, backoffMax, resendAfter, credential, newTls);
    }

    Reconnection reconnection() {
        return new Reconnection(backoffFirst, backoffMax, resendAfter);
    }
}
