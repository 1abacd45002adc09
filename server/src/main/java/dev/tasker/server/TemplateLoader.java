package dev.tasker.server;

import dev.tasker.engine.Engine;
import dev.tasker.engine.EngineException;
import dev.tasker.engine.ErrorCode;
import dev.tasker.server.config.Environment;
import dev.tasker.template.Finding;
import dev.tasker.template.ParsedTemplate;
import dev.tasker.template.TaskTemplate;
import dev.tasker.template.TemplateDirectory;
import dev.tasker.template.TemplateException;
import dev.tasker.template.TemplateParser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Registers the templates below configured paths. Broken ones are reported and skipped; in production they stop the start (06 §13.5). */
final class TemplateLoader {
    private static final Logger log = LoggerFactory.getLogger(TemplateLoader.class);

    private final Engine engine;
    private final Environment environment;

    TemplateLoader(Engine engine, Environment environment) {
        this.engine = engine;
        this.environment = environment;
    }

    void load(List<Path> paths) {
        for (Path path : paths) {
            if (Files.isDirectory(path)) {
                TemplateDirectory directory = TemplateDirectory.load(path);
                report(directory.findings());
                directory.templates().forEach(this::register);
            } else {
                loadFile(path);
            }
        }
    }

    private void loadFile(Path file) {
        try {
            ParsedTemplate parsed = TemplateParser.parse(file);
            report(parsed.findings());
            register(parsed);
        } catch (TemplateException e) {
            report(e.findings());
        }
    }

    private void register(ParsedTemplate parsed) {
        TaskTemplate template = parsed.template().withEnvironment(environment.text());
        try {
            engine.register(template);
            log.info("Registered template {} from {}", template.key(), parsed.file());
        } catch (EngineException e) {
            if (e.code().kind() == ErrorCode.Kind.INTERNAL || e.code().kind() == ErrorCode.Kind.UNAVAILABLE) {
                throw e;
            }
            refuse(parsed.file() + ": " + e.getMessage());
        }
    }

    private void report(List<Finding> findings) {
        for (Finding finding : findings) {
            switch (finding.severity()) {
                case ERROR -> refuse(finding.describe());
                case WARNING -> log.warn("{}", finding.describe());
                case INFO -> log.debug("{}", finding.describe());
            }
        }
    }

    private void refuse(String fault) {
        if (environment == Environment.PRODUCTION) {
            throw new StartupException("A template cannot be used: " + fault);
        }
        log.error("Template skipped: {}", fault);
    }
}
