package dev.tasker.server.grpc;

import dev.tasker.engine.EngineException;
import dev.tasker.engine.ErrorCode;
import dev.tasker.server.api.RefusedOperationException;
import dev.tasker.server.api.RequestIds;
import dev.tasker.server.health.NodeHealth;
import dev.tasker.server.health.OperationalState;
import io.grpc.Context;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.context.Scope;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Answers calls: bounds how long they take, by the caller's deadline and the server's own, ends the work of callers who have gone, and turns
 * whatever fails into a status. Blocks the calling thread, which is the call's own.
 */
final class Calls implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Calls.class);

    private final NodeHealth health;
    private final Duration limit;
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("grpc-call-", 0).factory());

    /** @param limit after which a call is given up, whatever its caller's deadline */
    Calls(NodeHealth health, Duration limit) {
        this.health = health;
        this.limit = limit;
    }

    /** Answers with what {@code call} returns, unless the node is starting or stopping. */
    <A> void answer(StreamObserver<A> observer, Refusals refusals, Callable<A> call) {
        answerAlways(observer, refusals, () -> {
            requireReady();
            return call.call();
        });
    }

    /** Answers in every state of the node. */
    <A> void answerAlways(StreamObserver<A> observer, Refusals refusals, Callable<A> call) {
        A answer;
        try {
            answer = outcome(call);
        } catch (StatusRuntimeException e) {
            observer.onError(e);
            return;
        } catch (RuntimeException e) {
            observer.onError(status(e, refusals));
            return;
        }
        observer.onNext(answer);
        observer.onCompleted();
    }

    /** Runs what goes on for long on a thread of its own, with the context of the call under way. */
    Future<?> run(Runnable work) {
        return threads.submit(Context.current().wrap(work));
    }

    void requireReady() {
        if (health.state() != OperationalState.NORMAL) {
            throw Refusals.unavailable();
        }
    }

    /** What became of a call that failed; what is the server's own fault is logged here, once. */
    static StatusRuntimeException status(RuntimeException failure, Refusals refusals) {
        return switch (failure) {
            case StatusRuntimeException told -> told;
            case RefusedOperationException refused -> refusals.of(refused);
            case EngineException engine -> {
                if (engine.code().kind() == ErrorCode.Kind.INTERNAL) {
                    log.error("A gRPC call failed", engine);
                }
                yield refusals.of(engine);
            }
            default -> {
                log.error("A gRPC call failed", failure);
                yield refusals.internalFailure();
            }
        };
    }

    private <A> A outcome(Callable<A> call) {
        RequestScope scope = RequestScope.current();
        Context context = Context.current();
        Future<A> answer;
        try {
            answer = threads.submit(context.wrap(() -> {
                SpanContext span = scope.span().getSpanContext();
                MDC.put(RequestIds.LOG_FIELD, scope.requestId());
                if (span.isValid()) {
                    MDC.put("trace_id", span.getTraceId());
                    MDC.put("span_id", span.getSpanId());
                }
                try (Scope _ = scope.span().makeCurrent()) {
                    return call.call(); // on a thread of its own, which takes the fields along when it ends
                }
            }));
        } catch (RejectedExecutionException e) { // closed
            throw Refusals.unavailable();
        }
        Context.CancellationListener gone = _ -> answer.cancel(true);
        context.addListener(gone, Runnable::run);
        try {
            return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw Refusals.timedOut();
        } catch (CancellationException e) {
            throw Refusals.timedOut(); // nobody hears it: the caller has gone, or its deadline has passed
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Refusals.unavailable();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            if (e.getCause() instanceof InterruptedException) {
                throw Refusals.unavailable();
            }
            throw new IllegalStateException(e.getCause());
        } finally {
            context.removeListener(gone);
            answer.cancel(true);
        }
    }

    /** Ends what is under way. */
    @Override
    public void close() {
        threads.shutdownNow();
    }
}
