package dev.tasker.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where commands find a server and how they show who they are (07 §2). */
class ConnectionTest {
    @TempDir
    Path folder;

    @Test
    void profilesThatCannotBeUsedAreOneSentence() throws IOException {
        Path broken = write(folder.resolve("broken.toml"), "[profile.default]\nx =\n");

        Execution unreadable = Execution.of("task", "list", "--config", broken.toString());
        Execution unknown = Execution.of("task", "list", "--config", "/nowhere.toml");

        assertThat(unreadable.exitCode()).isEqualTo(3);
        assertThat(unreadable.err()).startsWith("tasker: " + broken + ", line 2, column ");
        assertThat(unknown.exitCode()).isEqualTo(3);
        assertThat(Execution.of("task", "list", "--url", "localhost:1").err()).contains("expected: http://host:port");
    }

    @Test
    void serverThatIsNotThereIsOneSentence() throws IOException {
        String url;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            url = "http://127.0.0.1:" + free.getLocalPort();
        }
        Path config = write(folder.resolve("c.toml"), """
            [profile.default.orchestration]
            base_url = "%s"
            max_retries = 1
            """.formatted(url));

        Execution list = Execution.of("-c", config.toString(), "task", "list");
        Execution health = Execution.of("--format", "json", "system", "health", "--config", config.toString());

        assertThat(list.exitCode()).isEqualTo(4);
        assertThat(list.err())
                .isEqualTo("tasker: The server at " + url + " cannot be reached. Is it running?"
                        + " --url or TASKER_ORCHESTRATION_URL name another.\n");
        assertThat(health.exitCode()).isEqualTo(4);
        assertThat(health.err()).startsWith("{\"code\":\"\",");
    }

    @Test
    void onlyAPersonCanAgree() {
        Confirmation confirmation = new Confirmation();

        confirmation.require("Sure?", _ -> " Y ");
        confirmation.require("Sure?", _ -> "yes");
        assertThatThrownBy(() -> confirmation.require("Sure?", _ -> "n")).hasMessage("Nothing was changed.");
    }

    @Test
    void conditionsAreReadOrNamed() {
        assertThat(TaskQueryText.parse("namespace=a version=1 initiator=i source_system=s q=late context.order.a-b.0=17"
                        + " created>2026-01-01T00:00:00Z created<2026-01-02T00:00:00Z"))
                .isNotNull();
        for (String wrong : new String[] {"x", "colour=red", "context=1", "context.a<1", "created>yesterday"}) {
            assertThatThrownBy(() -> TaskQueryText.parse(wrong)).hasMessageStartingWith("--query: " + wrong);
        }
    }

    private static Path write(Path file, String text) throws IOException {
        return Files.writeString(file, text);
    }
}
