package dev.tasker.engine.internal.meter;

import dev.tasker.engine.internal.graph.TaskGraph;
import dev.tasker.engine.internal.template.RegisteredTemplate;
import dev.tasker.engine.meter.Distribution;
import java.util.concurrent.atomic.LongAdder;

/** What is counted of one version of a template. Thread-safe. */
public final class TemplateMeter {
    final RegisteredTemplate template;
    final LongAdder requests = new LongAdder();
    final LongAdder completions = new LongAdder();
    final LongAdder failures = new LongAdder();
    final Distribution initialization = Distribution.ofMillis();
    final Distribution completedAfter = Distribution.ofSeconds();
    final Distribution failedAfter = Distribution.ofSeconds();
    final LongAdder[] enqueued;

    TemplateMeter(RegisteredTemplate template) {
        this.template = template;
        this.enqueued = new LongAdder[template.steps().size()];
        for (int i = 0; i < enqueued.length; i++) {
            enqueued[i] = new LongAdder();
        }
    }

    String namespace() {
        return template.plan().template().namespace();
    }

    String name() {
        return template.plan().template().name();
    }

    /** The step at {@code index} waits or is leased; an instance of a batch counts for its batch worker. */
    void enqueued(int index, TaskGraph graph) {
        if (index < enqueued.length) {
            enqueued[index].increment();
            return;
        }
        for (TaskGraph.Instances batch : graph.batches()) {
            if (index >= batch.first() && index <= batch.last()) {
                enqueued[batch.templateStep()].increment();
                return;
            }
        }
    }
}
