package dev.tasker.server.config;

/**
 * Where traces go (03 §4.5); set by variables alone.
 *
 * @param enabled off: nothing is recorded, and trace context of others is handed on
 * @param endpoint OTLP over gRPC
 * @param ratio part of the traces begun here that are recorded, 0 to 1; whoever began one elsewhere has decided
 */
public record TelemetryConfig(boolean enabled, String serviceName, String environment, String endpoint, double ratio) {

    /** Switched off. */
    public static final TelemetryConfig OFF =
            new TelemetryConfig(false, "tasker-orchestration", "development", "http://localhost:4317", 1);

    /** As the variables say; throws {@link ConfigException} when one has not its form. */
    public static TelemetryConfig from(Variables variables, String serviceName) {
        return new TelemetryConfig(
                variables.find("TELEMETRY_ENABLED").orElse("false").equals("true"),
                variables.find("OTEL_SERVICE_NAME").orElse(serviceName),
                variables
                        .find("DEPLOYMENT_ENVIRONMENT")
                        .or(() -> variables.find("TASKER_ENV"))
                        .orElse(Environment.DEVELOPMENT.text()),
                variables.find("OTEL_EXPORTER_OTLP_ENDPOINT").orElse("http://localhost:4317"),
                Double.parseDouble(variables.find("OTEL_TRACES_SAMPLER_ARG").orElse("1.0")));
    }
}
