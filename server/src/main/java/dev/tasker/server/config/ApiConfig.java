package dev.tasker.server.config;

import java.util.List;

/**
 * What only {@code GET /config} shows (03 §1.10).
 *
 * @param configEndpoint whether it is served
 * @param poolSize as configured; the connections are those of {@link PoolConfig}
 * @param poolConnectionsMax as configured, likewise
 * @param queues names of the queues for requests, finalizations and results
 */
public record ApiConfig(boolean configEndpoint, int poolSize, int poolConnectionsMax, List<String> queues) {

    public ApiConfig {
        queues = List.copyOf(queues);
    }

    static ApiConfig from(Settings settings) {
        String pools = "orchestration.web.database_pools.";
        String queues = "common.queues.orchestration_queues.";
        return new ApiConfig(
                settings.flag(
                        "orchestration.web.config_endpoint_enabled",
                        Defaults.of(false).test(true)),
                settings.integer(pools + "web_api_pool_size", Defaults.of(20).test(10), 1, 1000),
                settings.integer(
                        pools + "web_api_max_connections", Defaults.of(30).test(15), 1, 1000),
                List.of(
                        settings.text(queues + "task_requests", "orchestration_task_requests"),
                        settings.text(queues + "task_finalizations", "orchestration_task_finalizations"),
                        settings.text(queues + "step_results", "orchestration_step_results")));
    }
}
