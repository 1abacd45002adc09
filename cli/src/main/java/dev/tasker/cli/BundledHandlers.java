package dev.tasker.cli;

import dev.tasker.examples.ConformanceHandlers;
import dev.tasker.examples.demo.DemoHandlers;
import dev.tasker.worker.HandlerRegistry;

/** Handlers that come with Tasker; the words are those of the command line. */
enum BundledHandlers {
    demo,
    conformance;

    HandlerRegistry registry() {
        return switch (this) {
            case demo -> DemoHandlers.registry();
            case conformance -> ConformanceHandlers.registry();
        };
    }
}
