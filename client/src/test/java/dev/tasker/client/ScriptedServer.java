package dev.tasker.client;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;

/** A server that does what it is told, once each: what a real one does only when something breaks. */
final class ScriptedServer implements AutoCloseable {
    private final Queue<Act> script = new ConcurrentLinkedQueue<>();
    private final Queue<String> calls = new ConcurrentLinkedQueue<>();
    private final HttpServer server;

    /** What happens to one call. */
    interface Act {
        void play(HttpExchange exchange) throws IOException;
    }

    ScriptedServer(Act... acts) throws IOException {
        script.addAll(List.of(acts));
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", exchange -> {
            calls.add(exchange.getRequestMethod() + " " + exchange.getRequestURI()
                    + headers(exchange, "Idempotency-Key", "Last-Event-ID", "traceparent"));
            Act act = script.poll();
            if (act != null) {
                act.play(exchange);
            }
            exchange.close(); // without an answer: the connection breaks
        });
        server.start();
    }

    static Act answer(int status, String body, String... headers) {
        return exchange -> {
            for (int i = 0; i < headers.length; i += 2) {
                exchange.getResponseHeaders().add(headers[i], headers[i + 1]);
            }
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        };
    }

    /** Breaks the connection without an answer. */
    static Act loss() {
        return _ -> {};
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    List<String> calls() {
        return List.copyOf(calls);
    }

    private static String headers(HttpExchange exchange, String... names) {
        StringBuilder shown = new StringBuilder();
        for (String name : names) {
            String value = exchange.getRequestHeaders().getFirst(name);
            shown.append(value == null ? "" : " " + name + "=" + value);
        }
        return shown.toString();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
