package dev.tasker.server.gateway;

import dev.tasker.server.security.Access;
import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A gRPC service and who may call which of its methods; one without the other does not exist.
 *
 * @param access by the bare name of the method
 */
public record GuardedService(ServerServiceDefinition service, Map<String, Access> access) {

    /** @throws IllegalArgumentException unless exactly the methods of the service have an access */
    public GuardedService {
        access = Map.copyOf(access);
        Set<String> methods = service.getMethods().stream()
                .map(ServerMethodDefinition::getMethodDescriptor)
                .map(MethodDescriptor::getBareMethodName)
                .collect(Collectors.toSet());
        if (!methods.equals(access.keySet())) {
            throw new IllegalArgumentException(service.getServiceDescriptor().getName() + ": access for "
                    + access.keySet() + " (expected: for each of " + methods + ")");
        }
    }

    public static GuardedService of(BindableService service, Map<String, Access> access) {
        return new GuardedService(service.bindService(), access);
    }

    /** A service that everybody may call. */
    public static GuardedService open(BindableService service) {
        ServerServiceDefinition definition = service.bindService();
        return new GuardedService(
                definition,
                definition.getMethods().stream()
                        .collect(Collectors.toMap(
                                method -> String.valueOf(
                                        method.getMethodDescriptor().getBareMethodName()),
                                _ -> Access.PUBLIC)));
    }
}
