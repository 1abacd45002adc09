package dev.tasker.examples;

import dev.tasker.examples.arithmetic.ArithmeticHandlers;
import dev.tasker.examples.fulfilment.FulfilmentHandlers;
import dev.tasker.worker.HandlerRegistry;
import java.time.InstantSource;

/** The handlers behind the native conformance templates, under the callables those templates name. */
public final class ConformanceHandlers {

    private ConformanceHandlers() {}

    public static HandlerRegistry registry() {
        return HandlerRegistry.builder()
                .addAll(ArithmeticHandlers.registry())
                .addAll(FulfilmentHandlers.registry(InstantSource.system()))
                .build();
    }
}
