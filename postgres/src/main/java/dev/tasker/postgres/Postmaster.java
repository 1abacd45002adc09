package dev.tasker.postgres;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The running main process of a PostgreSQL, as its file {@code postmaster.pid} describes it.
 *
 * @param process the process, possibly not a child of ours
 * @param port TCP port it listens on; 0 before it has chosen one
 * @param ready whether it accepts connections
 */
record Postmaster(ProcessHandle process, int port, boolean ready) {
    private static final int PORT_LINE = 3;
    private static final int STATUS_LINE = 7;

    /** The process that serves {@code pgdata} now, or empty when there is none, whatever the file says. */
    static Optional<Postmaster> of(Path pgdata) throws IOException {
        List<String> lines = lines(pgdata);
        if (lines.isEmpty() || lines.get(0).isBlank()) {
            return Optional.empty();
        }
        int port =
                lines.size() > PORT_LINE ? Integer.parseInt(lines.get(PORT_LINE).strip()) : 0;
        boolean ready =
                lines.size() > STATUS_LINE && lines.get(STATUS_LINE).strip().equals("ready");
        return ProcessHandle.of(Long.parseLong(lines.get(0).strip()))
                .filter(Postmaster::isLive)
                .filter(process -> serves(process, pgdata))
                .map(process -> new Postmaster(process, port, ready));
    }

    /**
     * Deletes the file of a dead server whose process number now belongs to some other program, which PostgreSQL would
     * take for the server. Call it only with the folder locked and {@link #of} empty.
     */
    static void forgetStale(Path pgdata) throws IOException {
        List<String> lines = lines(pgdata);
        if (!lines.isEmpty()
                && ProcessHandle.of(Long.parseLong(lines.get(0).strip())).isPresent()) {
            Files.deleteIfExists(pgdata.resolve("postmaster.pid"));
        }
    }

    /** Whether the process still runs; one that is dead but not yet collected by its parent does not. */
    static boolean isLive(ProcessHandle process) {
        return process.isAlive() && process.info().command().isPresent();
    }

    boolean isLive() {
        return isLive(process);
    }

    /** This process and all it has started, itself first. */
    List<ProcessHandle> family() {
        return Stream.concat(Stream.of(process), process.descendants()).toList();
    }

    private static List<String> lines(Path pgdata) throws IOException {
        try {
            return Files.readAllLines(pgdata.resolve("postmaster.pid"));
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }

    /**
     * A server has its data directory as working directory; where that cannot be seen, its command line must name it.
     */
    private static boolean serves(ProcessHandle process, Path pgdata) {
        Path workingDirectory = Path.of("/proc/" + process.pid() + "/cwd");
        try {
            if (Files.isSymbolicLink(workingDirectory)) {
                return Files.isSameFile(workingDirectory, pgdata);
            }
        } catch (IOException e) {
            return false; // ended meanwhile, or another user's
        }
        return process.info().arguments().map(List::of).orElse(List.of()).contains(pgdata.toString());
    }
}
