package dev.tasker.cli.fault.held;

import dev.tasker.worker.StepContext;
import dev.tasker.worker.StepHandler;
import dev.tasker.worker.StepResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Ends once there is a file {@code gate} in the {@code folder} of the context; says so with a file {@code began}. */
public final class Hold implements StepHandler {
    private static final long LOOK_MS = 20;

    @Override
    public StepResult handle(StepContext context) throws IOException, InterruptedException {
        Path folder = Path.of(context.input("folder", String.class));
        Files.createDirectories(folder.resolve("began"));
        while (!Files.exists(folder.resolve("gate"))) {
            new CountDownLatch(1).await(LOOK_MS, TimeUnit.MILLISECONDS);
        }
        return StepResult.success(Map.of("attempt", context.attempt()));
    }
}
