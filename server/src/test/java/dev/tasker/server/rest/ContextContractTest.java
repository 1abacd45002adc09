package dev.tasker.server.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Contexts of templates that have them checked, only told about, or left alone (03 §1.5, 06 §5). */
@TestInstance(Lifecycle.PER_CLASS)
class ContextContractTest {
    private static final String TEMPLATE = """
        name: NAME
        namespace_name: api_test
        version: 1.0.0
        input_validation: HOW
        input_schema:
          type: object
          required: [grams]
          properties:
            grams: {type: integer, minimum: 1}
            country: {type: string, default: de}
        steps:
          - {name: only, handler: {callable: test.only}}
        """;

    private ApiScene scene;

    @BeforeAll
    void start(@TempDir Path folder) {
        scene = ApiScene.start(folder);
        for (String how : new String[] {"enforce", "warn", "off"}) {
            scene.server().register(how + ".yaml", TEMPLATE.replace("NAME", how).replace("HOW", how));
        }
    }

    @AfterAll
    void stop() {
        scene.close();
    }

    @Test
    void contextThatIsNotAdmittedIsRefusedWithEveryFault() throws Exception {
        HttpResponse<String> answer = create("enforce", "{\"grams\":0,\"country\":7}");

        assertThat(answer.statusCode()).isEqualTo(400);
        JsonNode error = TestClient.json(answer).get("error");
        assertThat(error.get("code").asString()).isEqualTo("BAD_REQUEST");
        assertThat(error.get("message").asString()).startsWith("context: /");
        assertThat(error.get("details"))
                .hasSize(2)
                .allSatisfy(detail -> assertThat(detail.get("field").asString()).isEqualTo("context"));
        assertThat(error.get("details")
                        .valueStream()
                        .map(detail -> detail.get("pointer").asString() + " "
                                + detail.get("keyword").asString()))
                .containsExactlyInAnyOrder("/grams minimum", "/country type");
        assertThat(TestClient.json(create("enforce", "{}"))
                        .get("error")
                        .get("details")
                        .get(0)
                        .get("keyword")
                        .asString())
                .isEqualTo("required");
    }

    @Test
    void defaultsOfTheSchemaBelongToTheIdentity() throws Exception {
        HttpResponse<String> silent = create("enforce", "{\"grams\":5}");
        HttpResponse<String> said = create("enforce", "{\"grams\":5,\"country\":\"de\"}");

        assertThat(silent.statusCode()).as(silent.body()).isEqualTo(200);
        assertThat(TestClient.json(silent).get("context"))
                .isEqualTo(Vectors.JSON.readTree("{\"grams\":5,\"country\":\"de\"}"));
        assertThat(said.statusCode()).isEqualTo(409);
    }

    @Test
    void contextIsStoredAsItCameWhereNothingIsEnforced() throws Exception {
        for (String how : new String[] {"warn", "off"}) {
            HttpResponse<String> answer = create(how, "{\"grams\":\"many\"}");

            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            assertThat(TestClient.json(answer).get("context").toString()).isEqualTo("{\"grams\":\"many\"}");
        }
    }

    private HttpResponse<String> create(String template, String context) throws IOException, InterruptedException {
        return scene.client()
                .send(
                        "POST",
                        "/v1/tasks",
                        "{\"name\":\"" + template + "\",\"namespace\":\"api_test\",\"version\":\"1.0.0\",\"context\":"
                                + context + ",\"initiator\":\"t\",\"source_system\":\"t\",\"reason\":\"t\"}");
    }
}
