package dev.tasker.server.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.server.security.Access;
import dev.tasker.server.security.Authenticator;
import dev.tasker.server.security.Permission;
import dev.tasker.server.security.TestAuth;
import dev.tasker.server.security.TestKeys;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** Every permission against every route there is, allowed and denied; and the table of 03 §3.5, so that a new route needs a row. */
@TestInstance(Lifecycle.PER_CLASS)
class PermissionMatrixTest {
    /** Method, path and permission; what is open has none. */
    private static final String TABLE = """
        POST /v1/tasks tasks:create
        GET /v1/tasks tasks:list
        GET /v1/tasks/{uuid} tasks:read
        DELETE /v1/tasks/{uuid} tasks:cancel
        GET /v1/tasks/{uuid}/summary tasks:read
        GET /v1/tasks/{uuid}/why tasks:read
        GET /v1/tasks/{uuid}/wait tasks:read
        GET /v1/tasks/{uuid}/timeline tasks:read
        GET /v1/tasks/{uuid}/events tasks:read
        POST /v1/tasks/{uuid}/retry steps:resolve
        POST /v1/tasks/{uuid}/reopen tasks:control
        POST /v1/tasks/bulk/cancel tasks:cancel
        POST /v1/tasks/bulk/retry steps:resolve
        GET /v1/events tasks:read
        GET /v1/tasks/{uuid}/workflow_steps steps:read
        GET /v1/tasks/{uuid}/workflow_steps/{step_uuid} steps:read
        PATCH /v1/tasks/{uuid}/workflow_steps/{step_uuid} steps:resolve
        GET /v1/tasks/{uuid}/workflow_steps/{step_uuid}/audit steps:read
        GET /v1/templates templates:read
        POST /v1/templates templates:write
        POST /v1/templates/validate templates:validate
        GET /v1/templates/{namespace}/{name}/{version} templates:read
        GET /v1/analytics/performance system:analytics_read
        GET /v1/analytics/bottlenecks system:analytics_read
        GET /v1/dlq dlq:read
        GET /v1/dlq/task/{task_uuid} dlq:read
        POST /v1/dlq/task/{task_uuid} dlq:update
        PATCH /v1/dlq/entry/{dlq_entry_uuid} dlq:update
        GET /v1/dlq/stats dlq:stats
        GET /v1/dlq/investigation-queue dlq:read
        GET /v1/dlq/staleness dlq:read
        POST /v1/workers/sessions worker:connect
        DELETE /v1/workers/sessions/{id} worker:connect
        POST /v1/workers/sessions/{id}/poll worker:connect
        POST /v1/workers/sessions/{id}/heartbeat worker:connect
        POST /v1/workers/sessions/{id}/drain worker:connect
        POST /v1/workers/sessions/{id}/events worker:connect
        POST /v1/workers/sessions/{id}/assignments/{aid}/complete worker:connect
        POST /v1/workers/sessions/{id}/assignments/{aid}/checkpoint worker:connect
        POST /v1/workers/sessions/{id}/assignments/{aid}/reject worker:connect
        GET /health open
        GET /health/live open
        GET /health/ready open
        GET /health/detailed open
        GET /live open
        GET /ready open
        GET /metrics open
        GET /config system:config_read
        GET /api-docs/openapi.json open
        GET /api-docs/ui open
        GET /api-docs/ui/ open
        """;

    private OpenRoutes open;
    private TestClient client;

    @BeforeAll
    void start(@TempDir Path folder) {
        open = OpenRoutes.start(folder, Authenticator.open(TestAuth.config(), InstantSource.system()));
        client = open.client();
    }

    @AfterAll
    void stop() {
        open.close();
    }

    @Test
    void routesTakeThePermissionsOfTheTable() {
        TreeMap<String, String> expected = new TreeMap<>();
        TABLE.lines()
                .forEach(line -> expected.put(
                        line.substring(0, line.lastIndexOf(' ')), line.substring(line.lastIndexOf(' ') + 1)));
        TreeMap<String, String> actual = new TreeMap<>();
        open.routes().forEach(route -> actual.put(route.method() + " " + route.path(), word(route.access())));

        assertThat(actual).isEqualTo(expected);
    }

    @Test
    void everyCellIsAllowedOrDeniedAsTheTableSays() throws Exception {
        int cells = 0;
        for (Route route : open.routes()) {
            if (!(route.access() instanceof Access.Needs(Permission wanted))) {
                assertThat(call(route, Set.of()).statusCode()).as(route.path()).isIn(200, 308);
                continue;
            }
            HttpResponse<String> nobody =
                    client.send(client.request(path(route)).method(route.method(), BodyPublishers.noBody()));
            assertThat(nobody.statusCode()).as(route.path()).isEqualTo(401);
            for (Permission held : Permission.values()) {
                HttpResponse<String> answer = call(route, EnumSet.of(held));
                String cell = held.text() + " at " + route.method() + " " + route.path();
                if (held == wanted) {
                    assertThat(answer.statusCode()).as(cell).isNotIn(401, 403, 405, 500);
                } else {
                    assertThat(answer.statusCode()).as(cell).isEqualTo(403);
                    assertThat(answer.body()).as(cell).contains("Missing required permission: " + wanted.text());
                }
                cells++;
            }
            assertThat(call(route, EnumSet.complementOf(EnumSet.of(wanted))).statusCode())
                    .as("all others at " + route.path())
                    .isEqualTo(403);
        }
        assertThat(cells).isGreaterThan(600);
    }

    /** A call that gets no further than to the reading of its path, query or body. */
    private HttpResponse<String> call(Route route, Set<Permission> held) throws Exception {
        String[] words = held.stream().map(Permission::text).toArray(String[]::new);
        return client.send(client.request(path(route))
                .method(route.method(), BodyPublishers.noBody())
                .header("Authorization", "Bearer " + TestKeys.token(TestKeys.claims(words))));
    }

    private static String path(Route route) {
        String path = route.path().replaceAll("\\{[^}]*}", "not-a-uuid");
        return route.path().equals("/v1/tasks") && route.method().equals("GET") ? path + "?page=0" : path;
    }

    private static String word(Access access) {
        return switch (access) {
            case Access.Public() -> "open";
            case Access.Needs(Permission permission) -> permission.text();
        };
    }
}
