package dev.tasker.server.grpc;

import dev.tasker.server.api.RequestIds;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.util.function.Supplier;
import org.slf4j.MDC;

/** Answers calls of {@link ScopedService scoped services} from memory, on the thread of the call, by the table of 03 §2.5. */
public final class PromptCalls {
    private PromptCalls() {}

    /** Sends what {@code answer} returns, or the status of what it throws; failures of our own are logged and not told. */
    public static <A> void answer(StreamObserver<A> observer, Supplier<A> answer) {
        A message;
        MDC.put(RequestIds.LOG_FIELD, RequestScope.current().requestId());
        try {
            message = answer.get();
        } catch (RuntimeException e) {
            StatusRuntimeException status = Calls.status(e, Refusals.PLAIN);
            observer.onError(status);
            return;
        } finally {
            MDC.remove(RequestIds.LOG_FIELD);
        }
        observer.onNext(message);
        observer.onCompleted();
    }
}
