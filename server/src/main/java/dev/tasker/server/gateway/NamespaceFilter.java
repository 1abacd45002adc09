package dev.tasker.server.gateway;

import dev.tasker.engine.SessionRequest.HandlerKey;
import dev.tasker.protocol.worker.v1.Handler;
import dev.tasker.server.security.Namespaces;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What remains of a worker's handlers within the namespaces of its credential. The wildcard stands for those namespaces only, so the
 * engine never looks into another's queues for this worker.
 *
 * @param handlers what may be claimed
 * @param accepted namespaces of these
 * @param rejected namespaces that the worker named and does not get
 */
record NamespaceFilter(List<HandlerKey> handlers, Set<String> accepted, Set<String> rejected) {

    static NamespaceFilter of(List<Handler> wanted, Namespaces allowed) {
        List<HandlerKey> handlers = wanted.stream()
                .flatMap(handler -> within(handler, allowed))
                .distinct()
                .toList();
        Set<String> accepted = new TreeSet<>();
        handlers.forEach(handler -> accepted.add(handler.namespace()));
        Set<String> rejected = new TreeSet<>();
        wanted.stream()
                .filter(handler -> within(handler, allowed).findAny().isEmpty())
                .forEach(handler -> rejected.add(handler.getNamespace()));
        return new NamespaceFilter(handlers, accepted, rejected);
    }

    private static Stream<HandlerKey> within(Handler handler, Namespaces allowed) {
        if (handler.getNamespace().equals(HandlerKey.ANY) && !allowed.all()) {
            return allowed.names().stream().sorted().map(name -> new HandlerKey(name, handler.getCallable()));
        }
        return allowed.covers(handler.getNamespace())
                ? Stream.of(new HandlerKey(handler.getNamespace(), handler.getCallable()))
                : Stream.empty();
    }
}
