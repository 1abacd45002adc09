package dev.tasker.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import com.tasker.v1.HealthRequest;
import com.tasker.v1.HealthServiceGrpc;
import dev.tasker.protocol.worker.v1.WorkerGatewayGrpc;
import dev.tasker.server.gateway.GuardedService;
import dev.tasker.server.security.Authenticator;
import dev.tasker.server.security.Permission;
import dev.tasker.server.security.TestAuth;
import dev.tasker.server.security.TestKeys;
import io.grpc.CallOptions;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.ProtoMethodDescriptorSupplier;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever is sent, the status is one that the API declares, tells nothing of the inside, and nothing is written. */
class HostileMessagesTest {
    private static final long SEED = 20_261_122L;
    private static final int MESSAGES = 30_000;
    private static final int CONNECTIONS = 4;

    private static final Marshaller<byte[]> RAW = new Marshaller<>() {
        @Override
        public InputStream stream(byte[] bytes) {
            return new ByteArrayInputStream(bytes);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try (stream) {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    };

    private record Method(MethodDescriptor<byte[], byte[]> call, Descriptor takes) {}

    @Test
    void thirtyThousandHostileMessagesAreRefusedAndWriteNothing(@TempDir Path folder) throws Exception {
        try (OpenServices open =
                        OpenServices.start(folder, Authenticator.open(TestAuth.config(), InstantSource.system()));
                ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS)) {
            List<Method> methods =
                    Stream.concat(methods(open.services()), workers()).toList();
            String[] all =
                    Arrays.stream(Permission.values()).map(Permission::text).toArray(String[]::new);
            String token = TestKeys.token(TestKeys.claims(all));
            List<Future<Map<Code, Integer>>> senders = IntStream.range(0, CONNECTIONS)
                    .mapToObj(sender -> threads.submit(() -> send(open.channel(), methods, token, sender)))
                    .toList();
            Map<Code, Integer> seen = new EnumMap<>(Code.class);
            for (Future<Map<Code, Integer>> sender : senders) {
                sender.get().forEach((code, count) -> seen.merge(code, count, Integer::sum));
            }

            assertThat(seen.keySet())
                    .as("the fuzz reaches past parsing and past the guard: %s", seen)
                    .contains(Code.OK, Code.UNAUTHENTICATED, Code.INVALID_ARGUMENT, Code.NOT_FOUND);
            assertThat(HealthServiceGrpc.newBlockingStub(open.channel())
                            .checkHealth(HealthRequest.getDefaultInstance())
                            .getStatus())
                    .as("the server after it")
                    .isEqualTo("healthy");
            assertThat(open.server().engine().analytics().health().tasks().values())
                    .allMatch(count -> count == 0);
            assertThat(open.server().engine().templates(null)).isEmpty();
        }
    }

    private static Stream<Method> methods(List<GuardedService> services) {
        return services.stream()
                .flatMap(service -> service.service().getMethods().stream())
                .map(ServerMethodDefinition::getMethodDescriptor)
                .map(HostileMessagesTest::method);
    }

    /** The gateway's, each with one message. */
    private static Stream<Method> workers() {
        return WorkerGatewayGrpc.getServiceDescriptor().getMethods().stream().map(HostileMessagesTest::method);
    }

    private static Method method(MethodDescriptor<?, ?> method) {
        Object schema = Objects.requireNonNull(method.getSchemaDescriptor(), method.getFullMethodName());
        return new Method(
                MethodDescriptor.newBuilder(RAW, RAW)
                        .setFullMethodName(method.getFullMethodName())
                        .setType(MethodType.SERVER_STREAMING)
                        .build(),
                ((ProtoMethodDescriptorSupplier) schema).getMethodDescriptor().getInputType());
    }

    private static Map<Code, Integer> send(ManagedChannel channel, List<Method> methods, String token, int sender) {
        Map<Code, Integer> seen = new EnumMap<>(Code.class);
        for (int i = sender; i < MESSAGES; i += CONNECTIONS) {
            Method method = methods.get(i % methods.size());
            HostileMessage message = HostileMessage.of(SEED + i, method.takes(), token);
            Status status = outcome(channel, method, message);
            String which = "seed " + (SEED + i) + ": " + method.call().getFullMethodName() + " " + status;
            assertThat(status.getCode())
                    .as(which)
                    .isNotIn(Code.INTERNAL, Code.UNKNOWN, Code.DEADLINE_EXCEEDED, Code.DATA_LOSS, Code.UNAVAILABLE);
            assertThat(String.valueOf(status.getDescription()))
                    .as(which)
                    .doesNotContain("\tat ", "Exception", "org.postgresql", "dev.tasker.");
            seen.merge(status.getCode(), 1, Integer::sum);
        }
        return seen;
    }

    private static Status outcome(ManagedChannel channel, Method method, HostileMessage message) {
        try {
            Iterator<byte[]> answers = ClientCalls.blockingServerStreamingCall(
                    ClientInterceptors.intercept(
                            channel, MetadataUtils.newAttachHeadersInterceptor(message.metadata())),
                    method.call(),
                    CallOptions.DEFAULT.withDeadlineAfter(30, TimeUnit.SECONDS),
                    message.bytes());
            while (answers.hasNext()) {
                answers.next();
            }
            return Status.OK;
        } catch (StatusRuntimeException e) {
            return e.getStatus();
        }
    }
}
