package dev.tasker.server.gateway;

import dev.tasker.server.security.Principal;
import org.jspecify.annotations.Nullable;

/** What one caller may still ask of this server. Thread-safe. */
record Allowance(CallLimits limits, Principal caller) {

    /** Takes what the call counts; null, or why it is refused. */
    @Nullable
    RateLimitedException take(WorkerCall call) {
        return limits.take(caller, call);
    }

    /** @throws io.grpc.StatusRuntimeException when the call is refused */
    void require(WorkerCall call) {
        RateLimitedException refusal = take(call);
        if (refusal != null) {
            throw refusal.status().asRuntimeException();
        }
    }

    void giveBack(WorkerCall call) {
        limits.giveBack(caller, call);
    }
}
