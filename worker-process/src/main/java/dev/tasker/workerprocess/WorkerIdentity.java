package dev.tasker.workerprocess;

import java.util.List;

/**
 * What every reply says of the worker.
 *
 * @param id its name
 * @param type a word of the operator's
 * @param version of the build
 * @param environment the word of {@code TASKER_ENV}
 * @param namespaces those it serves, in order
 * @param queues what it takes steps from, {@code namespace/callable}, in order
 */
record WorkerIdentity(
        String id, String type, String version, String environment, List<String> namespaces, List<String> queues) {
    WorkerIdentity {
        namespaces = List.copyOf(namespaces);
        queues = List.copyOf(queues);
    }
}
