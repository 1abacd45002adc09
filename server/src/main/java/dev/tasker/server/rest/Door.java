package dev.tasker.server.rest;

import dev.tasker.server.security.Admission.Granted;
import dev.tasker.server.security.Admission.Refused;
import dev.tasker.server.security.Authenticator;
import dev.tasker.server.security.Credential;
import dev.tasker.server.security.Principal;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;

/** Lets requests in, or answers why not (03 §3.6), before anything else of them is read. */
final class Door {
    private final Authenticator authenticator;
    private final HeaderName apiKeyHeader;

    Door(Authenticator authenticator) {
        this.authenticator = authenticator;
        this.apiKeyHeader = HeaderNames.create(authenticator.apiKeyHeader());
    }

    /** Who calls; throws {@link RefusedException} for those who may not. */
    Principal admit(ServerRequest request, Route route) {
        Credential credential = Credential.of(
                request.headers().first(HeaderNames.AUTHORIZATION).orElse(null),
                request.headers().first(apiKeyHeader).orElse(null));
        String operation =
                request.prologue().method().text() + " " + request.path().rawPath();
        return switch (authenticator.admit(credential, route.access(), operation, route.goesOn())) {
            case Granted(Principal principal) -> principal;
            case Refused refused -> throw new RefusedException(Problem.refused(refused), refused.headers());
        };
    }
}
