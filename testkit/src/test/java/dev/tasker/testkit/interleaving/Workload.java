package dev.tasker.testkit.interleaving;

import dev.tasker.engine.Engine;
import dev.tasker.engine.EngineException;
import dev.tasker.engine.ErrorCode;
import dev.tasker.engine.TaskRequest;
import dev.tasker.template.TemplateParser;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Diamonds and wide tasks, created again and again until they are known to exist. */
final class Workload {
    private static final String DIAMOND = """
        name: diamond
        namespace_name: proof
        version: "1.0.0"
        steps:
          - {name: top, handler: {callable: top}, retry: {retryable: true, max_attempts: 20}}
          - {name: left, handler: {callable: left}, dependencies: [top], retry: {retryable: true, max_attempts: 20}}
          - {name: right, handler: {callable: right}, dependencies: [top], retry: {retryable: true, max_attempts: 20}}
          - {name: bottom, handler: {callable: bottom}, dependencies: [left, right], retry: {retryable: true, max_attempts: 20}}
        """;

    private static final long AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private Workload() {}

    static void register(Engine engine) {
        engine.register(TemplateParser.parse("diamond.yaml", DIAMOND).template());
        engine.register(TemplateParser.parse("wide.yaml", wide(8)).template());
    }

    private static String wide(int width) {
        StringBuilder steps = new StringBuilder();
        StringBuilder names = new StringBuilder();
        for (int i = 0; i < width; i++) {
            steps.append("  - {name: w")
                    .append(i)
                    .append(", handler: {callable: side}, retry: {retryable: true, max_attempts: 20}}\n");
            names.append(i == 0 ? "" : ", ").append("w").append(i);
        }
        return "name: wide\nnamespace_name: proof\nversion: \"1.0.0\"\nsteps:\n" + steps
                + "  - {name: join, handler: {callable: join}, dependencies: [" + names
                + "], retry: {retryable: true, max_attempts: 20}}\n";
    }

    /** Creates task number {@code number}; waits, and asks again while the database is away. */
    static void create(Engine engine, int number) {
        TaskRequest request = TaskRequest.of(
                        "proof", number % 2 == 0 ? "diamond" : "wide", "1.0.0", "{\"n\":" + number + "}")
                .withIdempotencyKey("n" + number);
        while (true) {
            try {
                engine.create(request).join();
                return;
            } catch (CompletionException e) {
                if (!(e.getCause() instanceof EngineException failure)
                        || failure.code().kind() != ErrorCode.Kind.UNAVAILABLE) {
                    throw e;
                }
                LockSupport.parkNanos(AGAIN_NANOS);
            }
        }
    }
}
