package dev.tasker.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.tasker.v1.GetTaskRequest;
import com.tasker.v1.TaskServiceGrpc;
import dev.tasker.server.gateway.GuardedService;
import dev.tasker.server.security.Access;
import dev.tasker.server.security.Authenticator;
import dev.tasker.server.security.Permission;
import dev.tasker.server.security.TestAuth;
import dev.tasker.server.security.TestKeys;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** Every permission against every rpc there is, allowed and denied; and the table of 03 §2.2, so that a new rpc needs a row. */
@TestInstance(Lifecycle.PER_CLASS)
class GrpcPermissionTest {
    /** The rpc and its permission; what is open has none. */
    private static final String TABLE = """
        tasker.v1.TaskService/CreateTask tasks:create
        tasker.v1.TaskService/GetTask tasks:read
        tasker.v1.TaskService/ListTasks tasks:list
        tasker.v1.TaskService/CancelTask tasks:cancel
        tasker.v1.TaskService/GetTaskContext tasks:context_read
        tasker.v1.TaskService/GetTaskSummary tasks:read
        tasker.v1.TaskService/StreamTaskStatus tasks:read
        tasker.v1.StepService/GetStep steps:read
        tasker.v1.StepService/ListSteps steps:read
        tasker.v1.StepService/GetStepAudit steps:read
        tasker.v1.StepService/ResolveStep steps:resolve
        tasker.v1.TemplateService/ListTemplates templates:read
        tasker.v1.TemplateService/GetTemplate templates:read
        tasker.v1.AnalyticsService/GetPerformanceMetrics system:analytics_read
        tasker.v1.AnalyticsService/GetBottleneckAnalysis system:analytics_read
        tasker.v1.DlqService/ListEntries dlq:read
        tasker.v1.DlqService/GetEntryByTask dlq:read
        tasker.v1.DlqService/GetInvestigationQueue dlq:read
        tasker.v1.DlqService/GetStalenessMonitoring dlq:read
        tasker.v1.DlqService/UpdateInvestigation dlq:update
        tasker.v1.DlqService/GetStats dlq:stats
        tasker.v1.ConfigService/GetConfig system:config_read
        tasker.v1.HealthService/CheckHealth open
        tasker.v1.HealthService/CheckLiveness open
        tasker.v1.HealthService/CheckReadiness open
        tasker.v1.HealthService/CheckDetailedHealth open
        """;

    private OpenServices open;

    @BeforeAll
    void start(@TempDir Path folder) {
        open = OpenServices.start(
                folder, Authenticator.open(TestAuth.config(TestAuth.key("reader", "tasks:*")), InstantSource.system()));
    }

    @AfterAll
    void stop() {
        open.close();
    }

    @Test
    void rpcsTakeThePermissionsOfTheTable() {
        TreeMap<String, String> expected = new TreeMap<>();
        TABLE.lines()
                .forEach(line -> expected.put(
                        line.substring(0, line.lastIndexOf(' ')), line.substring(line.lastIndexOf(' ') + 1)));
        TreeMap<String, String> actual = new TreeMap<>();
        for (GuardedService service : open.services()) {
            for (ServerMethodDefinition<?, ?> method : service.service().getMethods()) {
                actual.put(method.getMethodDescriptor().getFullMethodName(), word(access(service, method)));
            }
        }

        assertThat(actual).isEqualTo(expected);
    }

    @Test
    void everyCellIsAllowedOrDeniedAsTheTableSays() {
        int cells = 0;
        for (GuardedService service : open.services()) {
            for (ServerMethodDefinition<?, ?> method : service.service().getMethods()) {
                String rpc = method.getMethodDescriptor().getFullMethodName();
                Status nobody = call(open.channel(), method.getMethodDescriptor());
                if (!(access(service, method) instanceof Access.Needs(Permission wanted))) {
                    assertThat(nobody.getCode()).as(rpc).isEqualTo(Code.OK);
                    continue;
                }
                assertThat(nobody.getCode()).as(rpc).isEqualTo(Code.UNAUTHENTICATED);
                assertThat(nobody.getDescription())
                        .isEqualTo("Authentication required. Provide Bearer token or API key.");
                for (Permission held : Permission.values()) {
                    Status status = call(EnumSet.of(held), method);
                    if (held == wanted) {
                        assertThat(status.getCode())
                                .as(held.text() + " at " + rpc)
                                .isIn(Code.OK, Code.INVALID_ARGUMENT, Code.NOT_FOUND);
                    } else {
                        assertThat(status.getCode())
                                .as(held.text() + " at " + rpc)
                                .isEqualTo(Code.PERMISSION_DENIED);
                        assertThat(status.getDescription()).isEqualTo("Insufficient permissions for this operation");
                    }
                    cells++;
                }
                assertThat(call(EnumSet.complementOf(EnumSet.of(wanted)), method)
                                .getCode())
                        .as("all others at " + rpc)
                        .isEqualTo(Code.PERMISSION_DENIED);
            }
        }
        assertThat(cells).isGreaterThan(500);
    }

    @Test
    void apiKeysAndBothSpellingsOfBearerAreTakenAndABadBearerIsNotSaved() {
        String token = TestKeys.token(TestKeys.claims("tasks:read"));

        assertThat(read("authorization", "bearer " + token).getCode()).isEqualTo(Code.INVALID_ARGUMENT);
        assertThat(read("x-api-key", "reader").getCode()).isEqualTo(Code.INVALID_ARGUMENT);
        assertThat(read("x-api-key", "unknown").getDescription()).isEqualTo("Invalid or expired credentials");
        Status both = call(
                with(header("authorization", "Bearer nonsense", "x-api-key", "reader")),
                TaskServiceGrpc.getGetTaskMethod());
        assertThat(both.getCode()).isEqualTo(Code.UNAUTHENTICATED);
        assertThat(both.getDescription()).isEqualTo("Invalid or expired credentials");
    }

    private Status read(String name, String value) {
        MethodDescriptor<GetTaskRequest, ?> method = TaskServiceGrpc.getGetTaskMethod();
        return call(with(header(name, value)), method);
    }

    private Status call(Set<Permission> held, ServerMethodDefinition<?, ?> method) {
        String[] words = held.stream().map(Permission::text).toArray(String[]::new);
        return call(
                with(header("authorization", "Bearer " + TestKeys.token(TestKeys.claims(words)))),
                method.getMethodDescriptor());
    }

    private Channel with(Metadata metadata) {
        return ClientInterceptors.intercept(open.channel(), MetadataUtils.newAttachHeadersInterceptor(metadata));
    }

    private static Metadata header(String... namesAndValues) {
        Metadata metadata = new Metadata();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            metadata.put(Metadata.Key.of(namesAndValues[i], Metadata.ASCII_STRING_MARSHALLER), namesAndValues[i + 1]);
        }
        return metadata;
    }

    /** How a call with an empty message ends. */
    private static <Q, A> Status call(Channel channel, MethodDescriptor<Q, A> method) {
        Q empty = method.getRequestMarshaller().parse(new ByteArrayInputStream(new byte[0]));
        try {
            Iterator<A> answers = ClientCalls.blockingServerStreamingCall(channel, method, CallOptions.DEFAULT, empty);
            answers.forEachRemaining(_ -> {});
            return Status.OK;
        } catch (StatusRuntimeException e) {
            return e.getStatus();
        }
    }

    private static Access access(GuardedService service, ServerMethodDefinition<?, ?> method) {
        Access access =
                service.access().get(String.valueOf(method.getMethodDescriptor().getBareMethodName()));
        assertThat(access).isNotNull();
        return access == null ? Access.PUBLIC : access;
    }

    private static String word(Access access) {
        return switch (access) {
            case Access.Public() -> "open";
            case Access.Needs(Permission permission) -> permission.text();
        };
    }
}
