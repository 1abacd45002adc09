package dev.tasker.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tasker.server.TaskerServer;
import dev.tasker.server.config.BindAddress;
import dev.tasker.server.config.Environment;
import dev.tasker.server.config.ServerConfig;
import dev.tasker.template.TemplateParser;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What commands tell of templates, of a creation before it is made, and of workers; against a real server. */
@TestInstance(Lifecycle.PER_CLASS)
@Timeout(120)
class TemplateCommandsTest {
    private static final String ORDER = """
        name: order
        namespace_name: shop
        version: 1.0.0
        input_validation: enforce
        input_schema:
          type: object
          required: [sku]
          properties:
            sku: {type: string}
            gift: {type: boolean}
        steps:
          - name: reserve
            handler: {callable: shop.reserve}
          - name: charge
            dependencies: [reserve]
            handler: {callable: shop.charge}
            retry: {max_attempts: 2}
        """;
    private static final String LATER = ORDER.replace("1.0.0", "1.1.0")
                    .replace("required: [sku]", "required: [sku, gift]")
                    .replace("shop.charge", "shop.pay")
            + """
              - name: ship
                dependencies: [charge]
                handler: {callable: shop.ship}
            """;

    private Path folder;
    private Path order;
    private Path later;
    private TaskerServer server;

    @BeforeAll
    void start(@TempDir Path made) throws IOException {
        folder = made;
        order = Files.writeString(folder.resolve("order.yaml"), ORDER);
        later = Files.writeString(folder.resolve("later.yaml"), LATER);
        server = TaskerServer.start(ServerConfig.defaults(Environment.TEST)
                .withEmbeddedDatabase(folder.resolve("pg"), false)
                .withAddresses(BindAddress.loopback(0), BindAddress.loopback(0)));
        server.register("order.yaml", ORDER);
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @Test
    void creationIsTriedWithoutBeingMade() throws Exception {
        Execution good = run("task", "create", "-n", "shop", "--name", "order", "-i", "{\"sku\": \"a\"}", "--dry-run");
        Execution bad = run("task", "create", "-n", "shop", "--name", "order", "--set-json", "sku=7", "--dry-run");
        Execution json =
                run("task", "create", "-n", "shop", "--name", "order", "-i", "{}", "--dry-run", "--format", "json");
        Execution unknown = run("task", "create", "-n", "shop", "--name", "none", "-i", "{}", "--dry-run");

        assertThat(good.exitCode()).as(good.err()).isZero();
        assertThat(good.out())
                .startsWith("The input would be accepted.")
                .containsPattern("0 +reserve +standard +at once +- +shop.reserve +3")
                .containsPattern("1 +charge +standard +at once +reserve +shop.charge +2");
        assertThat(bad.exitCode()).isEqualTo(8);
        assertThat(bad.out()).startsWith("/sku: ").contains("would be REFUSED");
        JsonNode read = JsonMapper.shared().readTree(json.out());
        assertThat(json.exitCode()).isEqualTo(8);
        assertThat(read.get("accepted").asBoolean()).isFalse();
        assertThat(read.get("faults").get(0).get("keyword").asString()).isEqualTo("required");
        assertThat(read.get("template").get("steps").get(1).get("name").asString())
                .isEqualTo("charge");
        assertThat(unknown.exitCode()).isEqualTo(6);
        assertThat(run("task", "list", "-n", "shop", "--format", "id").out()).isEmpty();
    }

    @Test
    void templatesAreInspectedInFilesAndAtTheServer() {
        Execution file = Execution.of("template", "inspect", later.toString());
        Execution registered = run("template", "inspect", "shop/order", "--transport", "rest");
        Execution names = run("template", "inspect", "shop/order/1.0.0", "--format", "id");

        assertThat(file.exitCode()).as(file.err()).isZero();
        assertThat(file.out()).containsPattern("Template +shop/order/1.1.0").containsPattern("2 +ship +standard");
        assertThat(registered.out())
                .contains(TemplateParser.parse("order.yaml", ORDER).template().contentHash());
        assertThat(names.out()).isEqualTo("reserve\ncharge\n");
        assertThat(run("template", "inspect", "shop/none").exitCode()).isEqualTo(6);
        assertThat(run("template", "inspect", "nowhere.yaml").exitCode()).isEqualTo(2);
    }

    @Test
    void whatIsNoTemplateIsNamedWithItsLine() throws IOException {
        Path broken = Files.writeString(folder.resolve("broken.yaml"), "name: [");

        Execution inspected = Execution.of("template", "inspect", broken.toString());

        assertThat(inspected.exitCode()).isEqualTo(8);
        assertThat(inspected.err()).contains("broken.yaml:1:");
    }

    @Test
    void changesAreBreakingOrNot() {
        Execution changed = run("template", "diff", "shop/order", later.toString(), "--exit-code");
        Execution same = run("template", "diff", order.toString(), "shop/order", "--exit-code");
        Execution back = Execution.of("template", "diff", later.toString(), order.toString(), "--format", "jsonl");

        assertThat(changed.exitCode()).as(changed.err()).isEqualTo(10);
        assertThat(changed.out())
                .containsPattern("other +version +1.0.0 -> 1.1.0")
                .containsPattern("breaking +input_schema.gift +required now")
                .containsPattern("breaking +steps.charge.handler +shop.charge -> shop.pay")
                .containsPattern("additive +steps.ship +added");
        assertThat(same.exitCode()).isZero();
        assertThat(same.out()).isEqualTo("Nothing changed.\n");
        assertThat(back.exitCode()).isZero();
        assertThat(back.out())
                .contains("\"kind\":\"breaking\",\"where\":\"steps.ship\",\"what\":\"removed\"")
                .contains("\"kind\":\"additive\",\"where\":\"input_schema.gift\"");
    }

    @Test
    void pulledTemplateIsTheRegisteredOne() throws IOException {
        Path file = folder.resolve("pulled.yaml");

        Execution pulled = run("template", "pull", "shop/order", "-o", file.toString());
        Execution again = run("template", "pull", "shop/order", "-o", file.toString());
        Execution printed = run("template", "pull", "shop/order/1.0.0");

        assertThat(pulled.exitCode()).as(pulled.err()).isZero();
        assertThat(run("template", "diff", file.toString(), "shop/order", "--exit-code")
                        .exitCode())
                .isZero();
        assertThat(pulled.err()).startsWith("tasker: wrote shop/order/1.0.0");
        assertThat(again.exitCode()).isEqualTo(1);
        assertThat(again.err()).contains("expected: a new file");
        assertThat(printed.out()).isEqualTo(Files.readString(file));
    }

    @Test
    void callsAreToldOrNothingIs() {
        Execution verbose = run("template", "inspect", "shop/order", "--verbose");
        Execution first = run("-v", "template", "inspect", "shop/none");
        Execution quiet = run(
                "-q",
                "template",
                "pull",
                "shop/order",
                "-o",
                folder.resolve("quiet.yaml").toString());

        assertThat(verbose.err()).matches("tasker: GET /v1/templates/shop/order/1.0.0 took \\d+ ms\n");
        assertThat(first.err()).contains(" ms, failed at attempt 1: ");
        assertThat(quiet.exitCode()).isZero();
        assertThat(quiet.err()).isEmpty();
    }

    @Test
    void healthIsThatOfTheWorkerToo() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        String workerUrl = "http://127.0.0.1:" + port;
        Execution missing = run("system", "health", "-w", "--worker-url", workerUrl);
        RunningCommand worker = RunningCommand.start(
                "worker",
                "--handlers",
                "demo",
                "--port",
                "" + port,
                "--grpc-port",
                "0",
                "--server",
                "127.0.0.1:" + server.grpcPort().orElseThrow());
        try {
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> run("system", "health", "-w", "--worker-url", workerUrl)
                                    .exitCode()
                            == 0);
            Execution both = run("system", "health", "--worker-url", workerUrl);
            Execution json = run("system", "health", "-o", "-w", "--worker-url", workerUrl, "--json");
            Execution one = run("system", "health", "-o", "--worker-url", workerUrl);

            assertThat(missing.exitCode()).isEqualTo(4);
            assertThat(missing.err()).contains("cannot be reached", "--worker-url");
            assertThat(both.out()).contains("web_database", "queue_processing");
            assertThat(JsonMapper.shared().readTree(json.out()).propertyNames())
                    .containsExactly("orchestration", "worker");
            assertThat(one.out()).doesNotContain("queue_processing");
        } finally {
            assertThat(worker.terminate()).as(worker.output()).isZero();
        }
    }

    private Execution run(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--url");
        all.add(server.restUrl().orElseThrow().toString());
        return Execution.of(all.toArray(String[]::new));
    }
}
