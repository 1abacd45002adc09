package dev.tasker.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Struct;
import com.tasker.v1.CreateTaskRequest;
import com.tasker.v1.GetTaskRequest;
import com.tasker.v1.TaskServiceGrpc;
import com.tasker.v1.TaskServiceGrpc.TaskServiceBlockingStub;
import dev.tasker.engine.SessionRequest;
import dev.tasker.engine.SessionRequest.HandlerKey;
import dev.tasker.server.rest.ApiScene;
import dev.tasker.server.security.Authenticator;
import dev.tasker.server.telemetry.CollectedSpans;
import dev.tasker.testkit.HandDrivenWorker;
import io.grpc.Metadata;
import io.grpc.Status.Code;
import io.grpc.stub.MetadataUtils;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Calls as spans in their callers' traces (03 §4.7). */
class CallSpansTest {
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

    private final CollectedSpans collected = new CollectedSpans();

    @Test
    void callIsASpanInTheTraceOfItsCallerAndTheTaskGoesOnWithIt(@TempDir Path folder) throws Exception {
        try (OpenServices open =
                OpenServices.start(folder, Authenticator.DISABLED, Duration.ofSeconds(30), collected.tracing())) {
            open.server().register("traced.yaml", ApiScene.template("traced"));
            HandDrivenWorker worker = HandDrivenWorker.open(
                            open.server().engine(),
                            new SessionRequest("hand", List.of(new HandlerKey("api_test", "api.traced.first")), true))
                    .grant(1);
            Metadata headers = new Metadata();
            headers.put(
                    Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER),
                    "00-" + TRACE + "-00f067aa0ba902b7-01");
            TaskServiceBlockingStub tasks = TaskServiceGrpc.newBlockingStub(open.channel())
                    .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));

            assertThat(tasks.createTask(CreateTaskRequest.newBuilder()
                                    .setName("traced")
                                    .setNamespace("api_test")
                                    .setVersion("1.0.0")
                                    .setContext(Struct.getDefaultInstance())
                                    .build())
                            .hasTask())
                    .isTrue();
            assertThat(GrpcScene.refusal(() -> tasks.getTask(GetTaskRequest.newBuilder()
                                    .setTaskUuid(UUID.randomUUID().toString())
                                    .build()))
                            .getCode())
                    .isEqualTo(Code.NOT_FOUND);

            collected.await(2); // the answer may be faster than its span
            SpanData created = collected.spans().getFirst();
            assertThat(created.getName()).isEqualTo("tasker.v1.TaskService/CreateTask");
            assertThat(created.getKind()).isEqualTo(SpanKind.SERVER);
            assertThat(created.getTraceId()).isEqualTo(TRACE);
            assertThat(created.getParentSpanId()).isEqualTo("00f067aa0ba902b7");
            assertThat(created.getAttributes().get(AttributeKey.stringKey("rpc.service")))
                    .isEqualTo("tasker.v1.TaskService");
            assertThat(created.getAttributes().get(AttributeKey.longKey("rpc.grpc.status_code")))
                    .isZero();
            SpanData refused = collected.spans().get(1);
            assertThat(refused.getAttributes().get(AttributeKey.longKey("rpc.grpc.status_code")))
                    .isEqualTo(Code.NOT_FOUND.value());
            assertThat(refused.getStatus().getStatusCode())
                    .as("no fault of the server")
                    .isEqualTo(StatusCode.UNSET);
            assertThat(worker.next("first").task().traceparent())
                    .isEqualTo("00-" + TRACE + "-" + created.getSpanId() + "-01");
            worker.close();
        }
    }
}
