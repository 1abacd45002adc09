package dev.tasker.server.health;

import dev.tasker.engine.meter.Counters;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Whether new tasks are taken (03 §1.3, 02 §8.5). One for all listeners; decides without asking anybody, and lets everybody in when it
 * does not know. Thread-safe.
 */
public final class Backpressure {
    static final int CHANNEL_WARNING_PERCENT = 70;
    static final int CHANNEL_CRITICAL_PERCENT = 80;

    private final CircuitBreaker breaker;
    private final HealthEvaluator evaluator;
    private final String queue;
    private final Counters rejections = new Counters();

    /**
     * Why a creation is refused.
     *
     * @param label for metrics
     * @param text for the caller
     */
    public record Rejection(String label, String text, int retryAfterSeconds) {}

    /** @param queue what the lanes' queue is called when it is too deep */
    Backpressure(CircuitBreaker breaker, HealthEvaluator evaluator, String queue) {
        this.breaker = breaker;
        this.evaluator = evaluator;
        this.queue = queue;
    }

    /**
     * The first reason to refuse a creation, empty when there is none; then the breaker waits for what came of it.
     *
     * @param endpoint for the metric
     */
    public Optional<Rejection> refuses(String endpoint) {
        Optional<Rejection> rejection = byLoad();
        if (!breaker.admits()) {
            rejection = Optional.of(new Rejection("circuit_breaker", "Circuit breaker open", 30));
        } else if (rejection.isPresent()) {
            breaker.ended();
        }
        rejection.ifPresent(found -> rejected(endpoint, found.label()));
        return rejection;
    }

    /** A request was refused for want of room. */
    public void rejected(String endpoint, String label) {
        rejections.count(endpoint, label);
    }

    /** Whether creations are refused now; asks for nothing. */
    boolean isActive() {
        return breaker.state() == CircuitBreaker.State.OPEN || byLoad().isPresent();
    }

    private Optional<Rejection> byLoad() {
        HealthSnapshot seen = evaluator.snapshot();
        if (seen == null) {
            return Optional.empty();
        }
        double percent = seen.fullest().percent();
        if (percent >= CHANNEL_CRITICAL_PERCENT) {
            String text = "Command channel critically saturated (%.1f%%)".formatted(percent);
            return Optional.of(new Rejection("channel_saturated", text, 15));
        }
        return switch (seen.tier()) {
            case OVERFLOW -> Optional.of(depth(seen, "overflow", 60));
            case CRITICAL -> Optional.of(depth(seen, "critical", 30));
            case UNKNOWN, NORMAL, WARNING -> Optional.empty();
        };
    }

    private Rejection depth(HealthSnapshot seen, String word, int retryAfterSeconds) {
        return new Rejection(
                "queue_" + word.toLowerCase(Locale.ROOT),
                "Queue '" + queue + "' at " + word + " depth (" + seen.deepest().depth() + " messages)",
                retryAfterSeconds);
    }

    Map<List<String>, Long> rejections() {
        return rejections.snapshot();
    }
}
