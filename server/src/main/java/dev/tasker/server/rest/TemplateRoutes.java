package dev.tasker.server.rest;

import dev.tasker.engine.Engine;
import dev.tasker.engine.TemplateSummary;
import dev.tasker.server.security.Permission;
import java.util.List;

/** Registered templates (03 §1.7). */
final class TemplateRoutes {
    private final Engine engine;
    private final TimeLimit timeLimit;

    TemplateRoutes(Engine engine, TimeLimit timeLimit) {
        this.engine = engine;
        this.timeLimit = timeLimit;
    }

    List<Route> routes() {
        return List.of(Route.of("GET", "/v1/templates", Permission.TEMPLATES_READ, this::list));
    }

    private Reply list(Call call) throws InterruptedException {
        String namespace =
                call.query("namespace").filter(text -> !text.isEmpty()).orElse(null);
        List<TemplateSummary> templates = timeLimit.call(() -> engine.templates(namespace));
        return Reply.ok(TemplateJson.list(templates));
    }
}
