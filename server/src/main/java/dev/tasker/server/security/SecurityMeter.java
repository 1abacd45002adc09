package dev.tasker.server.security;

import dev.tasker.engine.meter.Counters;
import dev.tasker.engine.meter.Distribution;
import dev.tasker.engine.meter.Distributions;
import dev.tasker.engine.meter.Instrument;
import dev.tasker.server.security.Admission.Granted;
import dev.tasker.server.security.Admission.Reason;
import dev.tasker.server.security.Admission.Refused;
import java.util.List;

/** Who was let in and who was not (03 §4.4). Thread-safe. */
final class SecurityMeter {
    private static final String METER = "tasker-security";

    private final Counters requests = new Counters();
    private final Counters failures = new Counters();
    private final Counters denials = new Counters();
    private final Distributions verifications = new Distributions(Distribution::ofMillis);

    /** Nobody was looked at. */
    void disabled() {
        requests.count("disabled", "success");
    }

    /** Somebody was judged for something that needs a permission. */
    void judged(Credential credential, Permission permission, Admission admission) {
        String method = switch (credential) {
            case Credential.Bearer _ -> "jwt";
            case Credential.ApiKey _ -> "api_key";
            case Credential.None _, Credential.Malformed _ -> "none";
        };
        switch (admission) {
            case Granted _ -> requests.count(method, "success");
            case Refused(Reason reason, String _) -> {
                requests.count(method, "failure");
                if (reason == Reason.FORBIDDEN) {
                    denials.count(permission.text());
                } else {
                    failures.count(reason.text());
                }
            }
        }
    }

    /** A token was verified in {@code nanos}. */
    void verified(boolean good, long nanos) {
        verifications.of(good ? "success" : "failure").record(nanos);
    }

    List<Instrument> instruments() {
        return List.of(
                Instrument.counter(METER, "auth.requests", List.of("method", "result"), requests.snapshot()),
                Instrument.counter(METER, "auth.failures", List.of("reason"), failures.snapshot()),
                Instrument.counter(METER, "permission.denials", List.of("permission"), denials.snapshot()),
                Instrument.histogram(
                        METER, "auth.jwt.verification.duration", "ms", List.of("result"), verifications.snapshot()));
    }
}
