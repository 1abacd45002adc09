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
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Registers the templates below configured paths. Broken ones, and those that may not replace what is registered, are reported and skipped;
 * in production they stop the start (06 §13.5, §18).
 */
final class TemplateLoader {
    private static final Logger log = LoggerFactory.getLogger(TemplateLoader.class);

    private final Engine engine;
    private final Environment environment;

    TemplateLoader(Engine engine, Environment environment) {
        this.engine = engine;
        this.environment = environment;
    }

    /** All files are checked before the first one is registered. */
    void load(List<Path> paths) {
        List<ParsedTemplate> templates = new ArrayList<>();
        List<Finding> findings = new ArrayList<>();
        for (Path path : paths) {
            if (Files.isDirectory(path)) {
                TemplateDirectory directory = TemplateDirectory.load(path);
                findings.addAll(directory.findings());
                templates.addAll(directory.templates());
            } else {
                try {
                    ParsedTemplate parsed = TemplateParser.parse(path);
                    findings.addAll(parsed.findings());
                    templates.add(parsed);
                } catch (TemplateException e) {
                    findings.addAll(e.findings());
                }
            }
        }
        report(findings);
        templates.forEach(this::register);
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
            refuse(List.of(parsed.file() + ": " + e.getMessage()));
        }
    }

    private void report(List<Finding> findings) {
        List<String> faults = new ArrayList<>();
        for (Finding finding : findings) {
            switch (finding.severity()) {
                case ERROR -> faults.add(finding.describe());
                case WARNING -> log.warn("{}", finding.describe());
                case INFO -> log.debug("{}", finding.describe());
            }
        }
        refuse(faults);
    }

    private void refuse(List<String> faults) {
        faults.forEach(fault -> log.error("Template skipped: {}", fault));
        if (environment == Environment.PRODUCTION && !faults.isEmpty()) {
            String others = faults.size() == 1 ? "" : " (and " + (faults.size() - 1) + " more faults, see the log)";
            throw new StartupException("A template cannot be used: " + faults.getFirst() + others);
        }
    }
}
