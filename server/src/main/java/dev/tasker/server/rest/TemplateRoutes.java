package dev.tasker.server.rest;

import dev.tasker.server.api.TemplateOperations;
import dev.tasker.server.api.TemplateOperations.Format;
import dev.tasker.server.api.TemplateOperations.Registration;
import dev.tasker.server.api.TemplateOperations.Validation;
import dev.tasker.server.security.Permission;
import dev.tasker.template.TemplateException;
import java.util.List;
import java.util.regex.Pattern;

/** Registered templates (03 §1.7), and their registration (§6.2). */
final class TemplateRoutes {
    private static final Pattern YAML_TYPE = Pattern.compile("(application|text)/(x-)?yaml\\s*(;.*)?");

    private final TemplateOperations templates;
    private final TimeLimit timeLimit;

    TemplateRoutes(TemplateOperations templates, TimeLimit timeLimit) {
        this.templates = templates;
        this.timeLimit = timeLimit;
    }

    List<Route> routes() {
        return List.of(
                Route.of("GET", "/v1/templates", Permission.TEMPLATES_READ, this::list),
                Route.of("POST", "/v1/templates", Permission.TEMPLATES_WRITE, this::register),
                Route.of("POST", "/v1/templates/validate", Permission.TEMPLATES_VALIDATE, this::validate),
                Route.of(
                        "GET",
                        "/v1/templates/{namespace}/{name}/{version}",
                        Permission.TEMPLATES_READ,
                        this::template));
    }

    private Reply list(Call call) throws InterruptedException {
        String namespace = call.text("namespace").orElse(null);
        return Reply.ok(TemplateJson.list(timeLimit.call(() -> templates.list(namespace))));
    }

    private Reply template(Call call) throws InterruptedException {
        String namespace = call.parameter("namespace");
        String name = call.parameter("name");
        String version = call.parameter("version");
        return Reply.ok(TemplateJson.detail(timeLimit.call(() -> templates.template(namespace, name, version))));
    }

    private Reply register(Call call) throws InterruptedException {
        Format format = format(call);
        String text = call.textBody();
        try {
            Registration registration = timeLimit.call(() -> templates.register(text, format));
            return Reply.ok(TemplateJson.registration(registration));
        } catch (TemplateException e) {
            throw new RefusedException(Problem.invalidTemplate(e));
        }
    }

    private Reply validate(Call call) throws InterruptedException {
        Format format = format(call);
        String text = call.textBody();
        Validation validation = timeLimit.call(() -> templates.validate(text, format));
        return Reply.ok(TemplateJson.validation(validation));
    }

    private static Format format(Call call) {
        if (YAML_TYPE.matcher(call.contentType()).matches()) {
            return Format.YAML;
        }
        call.requireJsonType();
        return Format.JSON;
    }
}
