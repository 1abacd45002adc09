package dev.tasker.client;

import com.tasker.v1.CancelTaskRequest;
import com.tasker.v1.CancelTaskResponse;
import com.tasker.v1.CreateTaskRequest;
import com.tasker.v1.CreateTaskResponse;
import com.tasker.v1.GetTaskRequest;
import com.tasker.v1.GetTaskResponse;
import com.tasker.v1.ListStepsRequest;
import com.tasker.v1.ListStepsResponse;
import com.tasker.v1.StepServiceGrpc;
import com.tasker.v1.StreamTaskStatusRequest;
import com.tasker.v1.TaskServiceGrpc;
import com.tasker.v1.TaskStatusUpdate;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

/** A gRPC server that does what it is told, once each: what a real one does only when something breaks. */
final class ScriptedGrpcServer implements AutoCloseable {
    private static final Metadata.Key<String> KEY =
            Metadata.Key.of("idempotency-key", Metadata.ASCII_STRING_MARSHALLER);

    private static final Metadata.Key<String> TRACE = Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER);

    private final Queue<Act> script = new ConcurrentLinkedQueue<>();
    private final Queue<String> calls = new ConcurrentLinkedQueue<>();
    private final Server server;

    /** What happens to one call. */
    interface Act {
        void play(StreamObserver<Object> observer);
    }

    ScriptedGrpcServer(Act... acts) throws IOException {
        script.addAll(List.of(acts));
        server = Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
                .addService(new TasksOfScript())
                .addService(new StepsOfScript())
                .intercept(new Recorder())
                .build()
                .start();
    }

    static Act answer(Object message) {
        return all(message);
    }

    /** Several messages, then the end. */
    static Act all(Object... messages) {
        return observer -> {
            List.of(messages).forEach(observer::onNext);
            observer.onCompleted();
        };
    }

    /** Several messages, then this end. */
    static Act broken(Status status, Object... messages) {
        return observer -> {
            List.of(messages).forEach(observer::onNext);
            observer.onError(status.asRuntimeException());
        };
    }

    /** A refusal with these trailers. */
    static Act refusal(Status status, Metadata trailers) {
        return observer -> observer.onError(status.asRuntimeException(trailers));
    }

    URI url() {
        return URI.create("grpc://127.0.0.1:" + server.getPort());
    }

    List<String> calls() {
        return List.copyOf(calls);
    }

    @Override
    public void close() {
        server.shutdownNow();
    }

    @SuppressWarnings("unchecked") // the script knows which message is wanted
    private <A> void play(StreamObserver<A> observer) {
        Act act = script.poll();
        Consumer<StreamObserver<Object>> played =
                act == null ? it -> it.onError(Status.UNAVAILABLE.asRuntimeException()) : act::play;
        played.accept((StreamObserver<Object>) observer);
    }

    private final class TasksOfScript extends TaskServiceGrpc.TaskServiceImplBase {
        @Override
        public void createTask(CreateTaskRequest request, StreamObserver<CreateTaskResponse> observer) {
            play(observer);
        }

        @Override
        public void getTask(GetTaskRequest request, StreamObserver<GetTaskResponse> observer) {
            play(observer);
        }

        @Override
        public void cancelTask(CancelTaskRequest request, StreamObserver<CancelTaskResponse> observer) {
            play(observer);
        }

        @Override
        public void streamTaskStatus(StreamTaskStatusRequest request, StreamObserver<TaskStatusUpdate> observer) {
            play(observer);
        }
    }

    private final class StepsOfScript extends StepServiceGrpc.StepServiceImplBase {
        @Override
        public void listSteps(ListStepsRequest request, StreamObserver<ListStepsResponse> observer) {
            play(observer);
        }
    }

    private final class Recorder implements ServerInterceptor {
        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
            String key = headers.get(KEY);
            String trace = headers.get(TRACE);
            calls.add(call.getMethodDescriptor().getBareMethodName()
                    + (key == null ? "" : " " + key)
                    + (trace == null ? "" : " " + trace));
            return next.startCall(call, headers);
        }
    }
}
