package dev.tasker.examples.refund;

import dev.tasker.examples.Members;
import dev.tasker.worker.HandlerRegistry;
import dev.tasker.worker.StepResult;
import java.time.InstantSource;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The steps of both teams under their callables. */
public final class Refunds {

    private Refunds() {}

    /**
     * The handlers by callable.
     *
     * @param clock tells when things happened
     */
    public static HandlerRegistry registry(InstantSource clock) {
        return HandlerRegistry.builder()
                .addAll(CustomerSuccess.registry(clock))
                .addAll(Payments.registry(clock))
                .build();
    }

    /** A result as both teams write it. */
    static StepResult.Success result(
            String namespace,
            String operation,
            String service,
            Map<String, String> ids,
            Map<String, @Nullable Object> value) {
        value.put("namespace", namespace);
        Map<String, @Nullable Object> metadata = Members.of("operation", operation, "service", service);
        metadata.putAll(ids);
        return StepResult.success(value, metadata);
    }
}
