package dev.tasker.workerprocess;

import dev.tasker.template.TaskTemplate;
import dev.tasker.worker.WorkSource;
import dev.tasker.worker.remote.RemoteWorkSource;
import dev.tasker.worker.remote.TemplatesRefusedException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a worker's templates known to its server, tried again until the server judges them (09 §2.4). What a server refuses is logged and
 * stands in nobody's way: it may know the templates from elsewhere. Thread-safe.
 */
final class TemplateAdvertiser implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TemplateAdvertiser.class);

    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final Duration FIRST_ATTEMPT_MAX = Duration.ofSeconds(10);

    private final List<TaskTemplate> templates;
    private final CountDownLatch tried = new CountDownLatch(1);
    private final CountDownLatch over = new CountDownLatch(1);
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread;

    private TemplateAdvertiser(WorkSource source, Collection<TaskTemplate> templates) {
        this.templates = List.copyOf(templates);
        this.thread = Thread.ofVirtual().name("template-advertiser").unstarted(() -> {
            if (source instanceof RemoteWorkSource server) {
                advertise(server);
            }
        });
    }

    /** Begins. A source in this process, or no templates: there is nothing to do. */
    static TemplateAdvertiser start(WorkSource source, Collection<TaskTemplate> templates) {
        TemplateAdvertiser advertiser = new TemplateAdvertiser(source, templates);
        if (templates.isEmpty() || !(source instanceof RemoteWorkSource)) {
            advertiser.tried.countDown();
            advertiser.over.countDown();
        } else {
            advertiser.thread.start();
        }
        return advertiser;
    }

    /** Whether the server has judged them, or there were none. */
    boolean isOver() {
        return over.getCount() == 0;
    }

    /** Waits until one attempt has been made, so that a server that is there knows the templates before anybody is told of the worker. */
    void awaitFirstAttempt() {
        try {
            var _ = tried.await(FIRST_ATTEMPT_MAX.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void advertise(RemoteWorkSource server) {
        try {
            while (!attempt(server)) {
                tried.countDown();
                if (closing.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS)) {
                    return;
                }
            }
            over.countDown();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // closed
        } finally {
            tried.countDown();
        }
    }

    /** Whether that was it. */
    private boolean attempt(RemoteWorkSource server) throws InterruptedException {
        try {
            List<String> faults = server.register(templates);
            faults.forEach(fault -> LOG.warn("The server refuses template {}", fault));
            LOG.info("The server knows {} of {} templates", templates.size() - faults.size(), templates.size());
            return true;
        } catch (TemplatesRefusedException e) {
            if (e.isLasting()) {
                LOG.warn(
                        "The server registers no templates of this worker, {} are to be registered otherwise: {}",
                        templates.size(),
                        e.getMessage());
                return true;
            }
            LOG.debug("The server has not taken the templates yet: {}", e.getMessage());
            return false;
        }
    }

    @Override
    public void close() {
        closing.countDown();
        thread.interrupt();
    }
}
