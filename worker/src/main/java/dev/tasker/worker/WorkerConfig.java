package dev.tasker.worker;

import java.time.Duration;
import java.util.UUID;

/**
 * How a worker runs its handlers.
 *
 * @param name what operators and result documents call this worker
 * @param slots handlers that may run at once
 * @param handlerTimeout for steps that state none
 * @param stopGrace how long an interrupted handler has to end before its thread is abandoned; also how long a closing
 *     worker waits for the answers to its last reports
 * @param drainTimeout how long a closing worker lets running handlers finish
 * @param documentCharsMax bound of one result document
 * @param stackTraces whether documents of exceptions carry up to 50 stack frames
 */
public record WorkerConfig(
        String name,
        int slots,
        Duration handlerTimeout,
        Duration stopGrace,
        Duration drainTimeout,
        int documentCharsMax,
        boolean stackTraces) {

    private static final int DOCUMENT_CHARS_MAX = 4 * 1024 * 1024;

    public WorkerConfig {
        if (name.isBlank()) {
            throw new IllegalArgumentException("worker.name: '" + name + "' (expected: not blank)");
        }
        requireAtLeastOne("worker.slots", slots);
        requireAtLeastOne("worker.document_chars_max", documentCharsMax);
        if (handlerTimeout.compareTo(Duration.ofMillis(1)) < 0) {
            throw new IllegalArgumentException(
                    "worker.handler_timeout: " + handlerTimeout + " (expected: >= PT0.001S)");
        }
        requireNotNegative("worker.stop_grace", stopGrace);
        requireNotNegative("worker.drain_timeout", drainTimeout);
    }

    /** Defaults under a name of its own: 100 slots, 30 s for a handler, 5 s grace, 30 s drain, 4 Mi characters. */
    public static WorkerConfig defaults() {
        return new WorkerConfig(
                "worker-" + UUID.randomUUID(),
                100,
                Duration.ofSeconds(30),
                Duration.ofSeconds(5),
                Duration.ofSeconds(30),
                DOCUMENT_CHARS_MAX,
                true);
    }

    public WorkerConfig withName(String newName) {
        return new WorkerConfig(newName, slots, handlerTimeout, stopGrace, drainTimeout, documentCharsMax, stackTraces);
    }

    public WorkerConfig withSlots(int newSlots) {
        return new WorkerConfig(name, newSlots, handlerTimeout, stopGrace, drainTimeout, documentCharsMax, stackTraces);
    }

    public WorkerConfig withHandlerTimeout(Duration newTimeout) {
        return new WorkerConfig(name, slots, newTimeout, stopGrace, drainTimeout, documentCharsMax, stackTraces);
    }

    public WorkerConfig withDrainTimeout(Duration newTimeout) {
        return new WorkerConfig(name, slots, handlerTimeout, stopGrace, newTimeout, documentCharsMax, stackTraces);
    }

    private static void requireAtLeastOne(String key, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(key + ": " + value + " (expected: >= 1)");
        }
    }

    private static void requireNotNegative(String key, Duration value) {
        if (value.isNegative()) {
            throw new IllegalArgumentException(key + ": " + value + " (expected: >= PT0S)");
        }
    }
}
