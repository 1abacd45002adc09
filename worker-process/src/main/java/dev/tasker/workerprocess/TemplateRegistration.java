package dev.tasker.workerprocess;

import dev.tasker.template.TaskTemplate;
import dev.tasker.worker.remote.RemoteWorkSource;
import dev.tasker.worker.remote.TemplateOutcome;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Registers the worker's templates with its server, once it is there (04 §1.2, §7.2): tries until the server has said what it makes of each. Nothing waits
 * for it; how far it is shows in the worker's health. Thread-safe.
 */
final class TemplateRegistration {
    private static final Logger LOG = LoggerFactory.getLogger(TemplateRegistration.class);
    private static final Duration PAUSE_FIRST = Duration.ofMillis(200);
    private static final Duration PAUSE_MAX = Duration.ofSeconds(10);

    private final RemoteWorkSource server;
    private final List<TaskTemplate> templates;
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile Progress progress;

    /**
     * Where it stands.
     *
     * @param pending whether the server has not answered yet
     * @param refused templates that conflict with what is registered, or that the server cannot use
     */
    record Progress(boolean pending, int refused, int templates) {}

    TemplateRegistration(RemoteWorkSource server, List<TaskTemplate> templates) {
        this.server = server;
        this.templates = List.copyOf(templates);
        this.progress = new Progress(!templates.isEmpty(), 0, templates.size());
    }

    void start() {
        if (!templates.isEmpty()) {
            Thread.ofVirtual().name("tasker-templates").start(this::run);
        }
    }

    Progress progress() {
        return progress;
    }

    /** Ends what is still tried. */
    void close() {
        closed.countDown();
    }

    private void run() {
        List<String> documents =
                templates.stream().map(TaskTemplate::toCanonicalJson).toList();
        Duration pause = PAUSE_FIRST;
        try {
            do {
                try {
                    decide(server.registerTemplates(documents));
                    return;
                } catch (IOException | RuntimeException e) { // a credential that cannot be had, too
                    LOG.warn("The templates are not registered yet: {}; tried again in {}", e.getMessage(), pause);
                }
                Duration doubled = pause.multipliedBy(2);
                pause = doubled.compareTo(PAUSE_MAX) < 0 ? doubled : PAUSE_MAX;
            } while (!closed.await(pause.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void decide(List<TemplateOutcome> outcomes) {
        int registered = 0;
        int refused = 0;
        for (int i = 0; i < outcomes.size(); i++) {
            TemplateOutcome outcome = outcomes.get(i);
            switch (outcome.status()) {
                case REGISTERED -> registered++;
                case CONFLICT, INVALID -> {
                    refused++;
                    LOG.error(
                            "Template {} is not registered: {}",
                            templates.get(i).key(),
                            outcome.message());
                }
                case DENIED ->
                    LOG.warn(
                            "Template {} is not registered by this worker, whose credential lacks templates:write: {}",
                            templates.get(i).key(),
                            outcome.message());
            }
        }
        progress = new Progress(false, refused, templates.size());
        LOG.info("{} of {} templates are registered with the server", registered, templates.size());
    }
}
