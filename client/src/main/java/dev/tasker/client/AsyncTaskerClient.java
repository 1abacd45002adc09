package dev.tasker.client;

import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;

/**
 * Every operation of a client without waiting for it: {@code client.async().call(it -> it.tasks().get(task))}. Each call has a virtual thread,
 * on which the stages that depend on its outcome run, too; it works for the
 * trace that the caller works for. Thread-safe; get one from {@link TaskerClient#async()}, and close that.
 */
public final class AsyncTaskerClient {
    private final TaskerClient client;

    AsyncTaskerClient(TaskerClient client) {
        this.client = client;
    }

    /** One or more operations in a row; an interrupt ends them. */
    @FunctionalInterface
    public interface Call<T> {
        /** What the operations find. */
        T make(TaskerClient client) throws InterruptedException;
    }

    /**
     * Begins a call at once.
     *
     * @return what it finds, or the {@link TaskerException} that it fails with; completed from outside, by cancellation or a time-out for
     *     instance, it interrupts the call. When the client is closed, what is under way fails.
     */
    public <T> CompletableFuture<T> call(Call<? extends T> call) {
        CompletableFuture<T> outcome = new CompletableFuture<>();
        Thread thread = Thread.ofVirtual().name("tasker-client-call").unstarted(CallerTrace.carriedInto(() -> {
            try {
                outcome.complete(call.make(client));
            } catch (InterruptedException e) {
                outcome.cancel(false); // only who completed it interrupts
            } catch (Throwable e) { // somebody waits for the outcome, whatever it is
                outcome.completeExceptionally(e);
            }
        }));
        var _ = outcome.whenComplete((_, _) -> {
            if (!Thread.currentThread().equals(thread)) {
                thread.interrupt();
            }
        });
        thread.start();
        return outcome;
    }

    /**
     * Follows a task. Each subscriber has a stream of its own that begins with the task as it is when it asks for the first change, and ends
     * with the task ({@link TaskEvents}); cancelling ends it.
     */
    public Flow.Publisher<TaskChange> watch(UUID task) {
        return subscriber -> TaskSubscription.begin(client.tasks().watch(task), subscriber);
    }
}
