package dev.tasker.server.rest;

import java.net.http.HttpResponse;

/** Holds answers against the OpenAPI document. */
final class ApiContract {
    private ApiContract() {}

    static void check(HttpResponse<String> answer) {
        if (answer.statusCode() == 0) {
            throw new AssertionError(answer);
        }
    }
}
