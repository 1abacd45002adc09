package dev.tasker.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Calls that nobody waits for, and changes as they come, over every transport. */
@ParameterizedClass
@EnumSource(Transport.class)
@TestInstance(Lifecycle.PER_CLASS)
@Timeout(60)
class AsyncTaskerClientTest {
    private static final Duration LONG = Duration.ofMinutes(5);

    @Parameter
    Transport transport = Transport.REST;

    private Scene scene;
    private TaskerClient client;

    @BeforeAll
    void start(@TempDir Path folder) {
        scene = Scene.start(Scene.config(folder));
    }

    @BeforeEach
    void connect() {
        client = scene.client(transport);
    }

    @AfterEach
    void disconnect() {
        client.close();
    }

    @AfterAll
    void stop() {
        scene.close();
    }

    @Test
    void callsFollowOneAnother() throws Exception {
        String template = scene.register();
        AsyncTaskerClient async = client.async();

        CompletableFuture<TaskState> ended = async.call(it -> it.tasks().create(scene.request(template)))
                .thenCompose(task -> async.call(it -> it.tasks().await(task.taskUuid(), LONG)))
                .thenApply(Task::status);
        scene.work(template);

        assertThat(ended.get()).isEqualTo(TaskState.COMPLETE);
    }

    @Test
    void refusalsAreTheOutcome() {
        CompletableFuture<Task> unknown = client.async().call(it -> it.tasks().get(UUID.randomUUID()));

        assertThatThrownBy(unknown::get)
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(TaskerException.NotFound.class);
    }

    @Test
    void cancellationInterruptsTheCall() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        UUID task = client.tasks().create(scene.request(scene.register())).taskUuid();

        CompletableFuture<Task> waiting = client.async().call(it -> {
            begun.countDown();
            try {
                return it.tasks().await(task, LONG);
            } catch (InterruptedException e) {
                interrupted.countDown();
                throw e;
            }
        });
        begun.await();
        waiting.cancel(true);

        assertThat(interrupted.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(client.tasks().get(task).status()).as("the task goes on").isEqualTo(TaskState.STEPS_IN_PROCESS);
    }

    @Test
    void closingEndsWhatIsUnderWay() throws Exception {
        UUID task = client.tasks().create(scene.request(scene.register())).taskUuid();
        Recorder recorder = new Recorder();
        client.async().watch(task).subscribe(recorder);
        recorder.subscription.get().request(1);
        assertThat(recorder.told.take()).isEqualTo("task steps_in_process");
        recorder.subscription.get().request(1);
        CountDownLatch begun = new CountDownLatch(1);
        CompletableFuture<Task> waiting = client.async().call(it -> {
            begun.countDown();
            return it.tasks().await(task, LONG);
        });
        begun.await();

        client.close();

        assertThatThrownBy(waiting::get).isInstanceOf(ExecutionException.class);
        assertThat(recorder.told.take()).isEqualTo("failed: This client is closed.");
    }

    @Test
    void subscriberIsToldAsManyChangesAsItAsksFor() throws Exception {
        String template = scene.register();
        UUID task = client.tasks().create(scene.request(template)).taskUuid();
        Recorder recorder = new Recorder();

        client.async().watch(task).subscribe(recorder);
        Flow.Subscription subscription = recorder.subscription.get();
        subscription.request(1);
        String first = recorder.told.take();
        scene.work(template);
        assertThat(client.tasks().await(task, LONG).status()).isEqualTo(TaskState.COMPLETE);
        assertThat(recorder.told).as("not asked for").isEmpty();
        subscription.request(Long.MAX_VALUE);
        subscription.request(Long.MAX_VALUE);

        assertThat(first).isEqualTo("task steps_in_process");
        assertThat(recorder.untilTheEnd())
                .contains("first complete", "second complete", "task complete")
                .endsWith("over");
    }

    @Test
    void cancelledSubscriberIsToldNothingMore() throws Exception {
        String template = scene.register();
        UUID task = client.tasks().create(scene.request(template)).taskUuid();
        Recorder cancelled = new Recorder();
        Recorder other = new Recorder();
        Flow.Publisher<TaskChange> changes = client.async().watch(task);
        changes.subscribe(cancelled);
        changes.subscribe(other);
        cancelled.subscription.get().request(9);
        other.subscription.get().request(99);
        assertThat(cancelled.told.take()).isEqualTo("task steps_in_process");
        assertThat(other.told.take()).isEqualTo("task steps_in_process");

        cancelled.subscription.get().cancel();
        scene.work(template);

        assertThat(other.untilTheEnd()).endsWith("over");
        assertThat(cancelled.told).isEmpty();
    }

    @Test
    void askingForNothingAndUnknownTasksAreFailures() throws Exception {
        Recorder misuser = new Recorder();
        Recorder lost = new Recorder();
        client.async().watch(UUID.randomUUID()).subscribe(misuser);
        client.async().watch(UUID.randomUUID()).subscribe(lost);

        misuser.subscription.get().request(0);
        lost.subscription.get().request(1);

        assertThat(misuser.told.take()).isEqualTo("failed: request: 0 (expected: >= 1)");
        assertThat(lost.told.take()).startsWith("failed: ").containsIgnoringCase("not found");
    }

    /** Keeps what it is told. */
    private static final class Recorder implements Flow.Subscriber<TaskChange> {
        private final CompletableFuture<Flow.Subscription> subscription = new CompletableFuture<>();
        private final BlockingQueue<String> told = new LinkedBlockingQueue<>();

        @Override
        public void onSubscribe(Flow.Subscription begun) {
            subscription.complete(begun);
        }

        @Override
        public void onNext(TaskChange change) {
            told.add((change.name() == null ? "task" : change.name()) + " " + change.state());
        }

        @Override
        public void onError(Throwable failure) {
            told.add("failed: " + failure.getMessage());
        }

        @Override
        public void onComplete() {
            told.add("over");
        }

        List<String> untilTheEnd() throws InterruptedException {
            List<String> all = new ArrayList<>();
            do {
                all.add(told.take());
            } while (!all.getLast().equals("over") && !all.getLast().startsWith("failed"));
            return all;
        }
    }
}
