package dev.tasker.server.rest;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import tools.jackson.databind.json.JsonMapper;

/** The API's document and a page to read it (03 §1.12). Both are written by hand and come with {@code tasker-protocol}. */
final class ApiDocs {
    private static final String FOLDER = "/dev/tasker/protocol/";
    private static final Map<String, String> PAGE_HEADERS = Map.of("Cache-Control", "no-cache");

    private final byte[] document;
    private final byte[] page;

    private ApiDocs(byte[] document, byte[] page) {
        this.document = document;
        this.page = page;
    }

    static ApiDocs load() {
        return new ApiDocs(
                JsonMapper.shared()
                        .writeValueAsBytes(new Load(LoadSettings.builder().build())
                                .loadFromString(new String(resource("tasker-web-api.yaml"), StandardCharsets.UTF_8))),
                resource("api-page.html"));
    }

    /** OpenAPI 3.1 as JSON. */
    byte[] document() {
        return document;
    }

    List<Route> routes() {
        Reply documentReply = Reply.ok(document);
        Reply pageReply = new Reply(200, "text/html; charset=utf-8", page, PAGE_HEADERS);
        Reply elsewhere = new Reply(308, "", new byte[0], Map.of("Location", "/api-docs/ui/"));
        return List.of(
                Route.open("GET", "/api-docs/openapi.json", _ -> documentReply),
                Route.open("GET", "/api-docs/ui", _ -> elsewhere),
                Route.open("GET", "/api-docs/ui/", _ -> pageReply));
    }

    private static byte[] resource(String name) {
        try (InputStream in = ApiDocs.class.getResourceAsStream(FOLDER + name)) {
            if (in == null) {
                throw new IllegalStateException(name + ": not on the class path");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
