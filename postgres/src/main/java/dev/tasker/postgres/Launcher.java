package dev.tasker.postgres;

import com.sun.security.auth.module.UnixSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs PostgreSQL programs as somebody PostgreSQL accepts. PostgreSQL refuses to run as root, so root drops the name:
 * by a user namespace in which it is nobody, or else by becoming user 65534, which keeps the right to reach data in
 * root's folders where the container allows that.
 *
 * @param prefix words in front of every command
 * @param ownerId number of the user who must own the data as seen from outside
 */
record Launcher(List<String> prefix, int ownerId) {
    private static final Logger log = LoggerFactory.getLogger(Launcher.class);

    private static final int ROOT_ID = 0;
    private static final int NOBODY_ID = 65_534;
    private static final Duration PROBE_MAX = Duration.ofSeconds(20);

    static final Launcher USER_NAMESPACE = new Launcher(List.of("unshare", "--user", "--"), ROOT_ID);
    static final Launcher NOBODY_WITH_ACCESS = nobody("--inh-caps=+dac_override", "--ambient-caps=+dac_override");
    static final Launcher NOBODY = nobody();

    /** What a program said (both streams) and its exit status. */
    record Outcome(int status, String output) {
        boolean succeeded() {
            return status == 0;
        }
    }

    /** The way to run the programs as the user of this process. */
    static Launcher choose(PostgresBinaries binaries) {
        return choose(binaries, currentUserId(), List.of(USER_NAMESPACE, NOBODY_WITH_ACCESS, NOBODY));
    }

    static boolean isRoot() {
        return currentUserId() == ROOT_ID;
    }

    /** As the user {@code userId}; for root the first of {@code ways} that works. */
    static Launcher choose(PostgresBinaries binaries, int userId, List<Launcher> ways) {
        if (userId != ROOT_ID) {
            return new Launcher(List.of(), userId);
        }
        var failures = new ArrayList<String>();
        for (Launcher way : ways) {
            Outcome probe = way.probe(binaries);
            if (probe.succeeded()) {
                return way;
            }
            failures.add(String.join(" ", way.prefix) + ": " + probe.output);
        }
        throw new EmbeddedPostgresException(
                "embedded PostgreSQL: running as root, which PostgreSQL refuses, and no way to run "
                        + binaries.home()
                        + " as somebody else works (expected: one of these; or start Tasker as another user, or set "
                        + PostgresBinaries.CACHE_VARIABLE + " to a folder that everyone can read)\n  "
                        + String.join("\n  ", failures));
    }

    /** Tries to run the programs: {@code initdb --show} refuses root, looks for its siblings and changes nothing. */
    Outcome probe(PostgresBinaries binaries) {
        return run(PROBE_MAX, List.of(binaries.program("initdb"), "--show", "--pgdata=/nowhere"));
    }

    /**
     * Makes the folder and all in it belong to the user who runs PostgreSQL; does nothing when the folder does
     * already.
     */
    void own(Path folder) throws IOException {
        if (!prefix.isEmpty() && !Files.getAttribute(folder, "unix:uid").equals(ownerId)) {
            FileTree.giveTo(ownerId, folder);
        }
    }

    /**
     * Runs a program to its end, with an empty input; one that takes longer than {@code max} is killed and counts as
     * failed.
     */
    Outcome run(Duration max, List<String> command) {
        var words = new ArrayList<>(prefix);
        words.addAll(command);
        log.debug("Running {}", words);
        try {
            Path output = Files.createTempFile("tasker-postgres", ".out"); // a pipe would stay open in the server
            try {
                return run(max, words, output);
            } finally {
                Files.delete(output);
            }
        } catch (IOException e) {
            return new Outcome(-1, String.valueOf(e.getMessage()));
        }
    }

    private static Outcome run(Duration max, List<String> words, Path output) throws IOException {
        var builder = new ProcessBuilder(words)
                .directory(Path.of("/").toFile())
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
        builder.environment().put("LC_ALL", "C");
        Process process = builder.start();
        try {
            if (process.waitFor(max.toMillis(), TimeUnit.MILLISECONDS)) {
                return new Outcome(process.exitValue(), Files.readString(output).strip());
            }
            return new Outcome(
                    -1,
                    "killed: not done after " + max + "\n"
                            + Files.readString(output).strip());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EmbeddedPostgresException("interrupted while running " + words, e);
        } finally {
            process.destroyForcibly();
        }
    }

    private static int currentUserId() {
        return Math.toIntExact(new UnixSystem().getUid());
    }

    private static Launcher nobody(String... options) {
        var prefix =
                new ArrayList<>(List.of("setpriv", "--reuid=" + NOBODY_ID, "--regid=" + NOBODY_ID, "--clear-groups"));
        prefix.addAll(List.of(options));
        prefix.add("--");
        return new Launcher(List.copyOf(prefix), NOBODY_ID);
    }
}
