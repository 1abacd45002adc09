package dev.tasker.server.config;

import java.time.Duration;

/**
 * When the circuit breaker in front of the database opens and closes ({@code [common.circuit_breakers]}, 02 §8.1).
 *
 * @param failureThreshold failures in a row that open it
 * @param timeout how long it stays open before a call may try
 * @param successThreshold successes of such calls that close it
 * @param dwellMin how long any state lasts at least
 */
public record BreakerConfig(int failureThreshold, Duration timeout, int successThreshold, Duration dwellMin) {

    /** The breaker {@code web}, whose own keys come before those of all breakers. */
    static BreakerConfig from(Settings settings) {
        String all = "common.circuit_breakers.default_config.";
        String web = "common.circuit_breakers.component_configs.web.";
        int failures = settings.integer(all + "failure_threshold", Defaults.of(5), 1, 100);
        int seconds = settings.integer(all + "timeout_seconds", Defaults.of(30), 1, 300);
        int successes = settings.integer(all + "success_threshold", Defaults.of(2), 1, 100);
        double dwellSeconds = settings.decimal(
                "common.circuit_breakers.global_settings.min_state_transition_interval_seconds",
                Defaults.of(5.0),
                0.1,
                60);
        return new BreakerConfig(
                settings.integer(web + "failure_threshold", Defaults.of(failures), 1, 100),
                Duration.ofSeconds(settings.integer(web + "timeout_seconds", Defaults.of(seconds), 1, 300)),
                settings.integer(web + "success_threshold", Defaults.of(successes), 1, 100),
                Duration.ofMillis(Math.round(dwellSeconds * 1_000)));
    }
}
