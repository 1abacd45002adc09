package dev.tasker.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Empty;
import com.tasker.v1.GetTaskRequest;
import dev.tasker.testkit.Eventually;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status.Code;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How long calls last, as a scraper sees it (03 §4.4). */
class CallMetricsTest {
    private static final String SERIES =
            "tasker_rpc_server_duration_milliseconds_count{rpc_service=\"%s\",rpc_method=\"%s\","
                    + "rpc_grpc_status_code=\"%d\",otel_scope_name=\"tasker-orchestration\"} %d\n";

    @Test
    void callsAreMeasuredByMethodAndStatus(@TempDir Path folder) throws Exception {
        try (GrpcScene scene = GrpcScene.start(folder)) {
            String template = scene.rest().register();
            scene.create(template);
            scene.create(template);
            assertThat(GrpcScene.refusal(() -> scene.tasks()
                                    .getTask(GetTaskRequest.newBuilder()
                                            .setTaskUuid(UUID.randomUUID().toString())
                                            .build()))
                            .getCode())
                    .isEqualTo(Code.NOT_FOUND);
            assertThat(GrpcScene.refusal(() -> call(scene, "made.up.Service/Anything" + UUID.randomUUID()))
                            .getCode())
                    .isEqualTo(Code.UNIMPLEMENTED);

            String service = "tasker.v1.TaskService";
            String text = Eventually.get(
                    "calls, whose end may be counted behind their answer",
                    () -> scrape(scene),
                    seen -> seen.contains(SERIES.formatted(service, "CreateTask", 0, 2))
                            && seen.contains(SERIES.formatted(service, "GetTask", 5, 1)));
            assertThat(text)
                    .contains("# TYPE tasker_rpc_server_duration_milliseconds histogram\n")
                    .doesNotContain("made.up", "Anything");
        }
    }

    private static String scrape(GrpcScene scene) {
        try {
            return scene.rest().client().get("/metrics").body();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static void call(GrpcScene scene, String method) {
        MethodDescriptor<Empty, Empty> unknown = MethodDescriptor.<Empty, Empty>newBuilder()
                .setType(MethodType.UNARY)
                .setFullMethodName(method)
                .setRequestMarshaller(ProtoUtils.marshaller(Empty.getDefaultInstance()))
                .setResponseMarshaller(ProtoUtils.marshaller(Empty.getDefaultInstance()))
                .build();
        ClientCalls.blockingUnaryCall(scene.channel(), unknown, CallOptions.DEFAULT, Empty.getDefaultInstance());
    }
}
