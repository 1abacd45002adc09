package dev.tasker.cli;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class TaskClientTest {

    @Test
    void refusalIsOneSentenceWithTheAnswer() throws IOException {
        byte[] answer = "{\"error\":\"none\"}".getBytes(StandardCharsets.UTF_8);
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(404, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        server.start();
        try {
            URI url = URI.create("http://127.0.0.1:" + server.getAddress().getPort());

            assertThatThrownBy(() -> new TaskClient(url).submit("shop", "order", "1.0.0", "{}"))
                    .isInstanceOf(CommandException.class)
                    .hasMessage("The server answered 404 to POST " + url + "/v1/tasks: {\"error\":\"none\"}");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void silenceIsOneSentence() throws IOException {
        URI url;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            url = URI.create("http://127.0.0.1:" + free.getLocalPort());
        }

        assertThatThrownBy(() -> new TaskClient(url).task(url.resolve("/v1/tasks/1")))
                .isInstanceOf(CommandException.class)
                .hasMessageStartingWith("The server does not answer " + url + "/v1/tasks/1: ");
    }
}
