package dev.tasker.examples;

import dev.tasker.examples.approval.ApprovalHandlers;
import dev.tasker.examples.arithmetic.ArithmeticHandlers;
import dev.tasker.examples.dataset.DatasetHandlers;
import dev.tasker.examples.dispatch.MethodHandlers;
import dev.tasker.examples.events.EventHandlers;
import dev.tasker.examples.fault.FaultHandlers;
import dev.tasker.examples.fulfilment.FulfilmentHandlers;
import dev.tasker.examples.inventory.InventoryHandlers;
import dev.tasker.examples.numbers.NumberHandlers;
import dev.tasker.examples.pipeline.PipelineHandlers;
import dev.tasker.examples.refund.Refunds;
import dev.tasker.examples.registration.RegistrationHandlers;
import dev.tasker.examples.shop.ShopHandlers;
import dev.tasker.worker.HandlerRegistry;
import java.time.InstantSource;

/** The handlers behind the native conformance templates, under the callables those templates name. */
public final class ConformanceHandlers {

    private ConformanceHandlers() {}

    public static HandlerRegistry registry() {
        InstantSource clock = InstantSource.system();
        return HandlerRegistry.builder()
                .addAll(ArithmeticHandlers.registry())
                .addAll(FulfilmentHandlers.registry(clock))
                .addAll(ApprovalHandlers.registry(clock))
                .addAll(DatasetHandlers.registry())
                .addAll(InventoryHandlers.registry())
                .addAll(NumberHandlers.registry())
                .addAll(EventHandlers.registry(clock))
                .addAll(FaultHandlers.registry())
                .addAll(MethodHandlers.registry(clock))
                .addAll(ShopHandlers.registry(clock))
                .addAll(PipelineHandlers.registry(clock))
                .addAll(RegistrationHandlers.registry(clock))
                .addAll(Refunds.registry(clock))
                .build();
    }
}
