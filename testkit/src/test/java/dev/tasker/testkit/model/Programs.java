package dev.tasker.testkit.model;

import dev.tasker.testkit.TestDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

/** Runs programs, and makes those that fail smaller. */
final class Programs implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration SHORT_PATIENCE = Duration.ofSeconds(2);
    private static final int SHRINKING_RUNS = Integer.getInteger("tasker.model.shrinking", 60);

    private final Ground ground;

    Programs(TestDatabase database) {
        ground = new Ground(database);
    }

    private record Failure(long seed, List<Action> program, int at, Throwable cause) {}

    /** Runs the program of a seed; one that fails is told with the smallest program found that fails as well. */
    void run(long seed) {
        Optional<Failure> failure = failure(seed, program(seed), PATIENCE);
        if (failure.isPresent()) {
            throw new AssertionError(report(failure.get()), failure.get().cause());
        }
    }

    /** Whether the program of a seed fails. */
    boolean fails(long seed, Duration patience) {
        return failure(seed, program(seed), patience).isPresent();
    }

    /** Ends the nodes and forgets all tasks. */
    void clear() {
        ground.clear();
    }

    /** Replaces functions of the database. */
    void define(String sql) {
        ground.define(sql);
    }

    private static List<Action> program(long seed) {
        return Action.program(new SplittableRandom(seed).split());
    }

    private Optional<Failure> failure(long seed, List<Action> program, Duration patience) {
        int at = 0;
        try (Run run = new Run(ground, seed, patience)) {
            for (Action action : program) {
                run.step(action);
                at++;
            }
            run.finish();
            return Optional.empty();
        } catch (AssertionError | RuntimeException e) {
            ground.clear();
            return Optional.of(new Failure(seed, program, at, e));
        } catch (SQLException e) {
            throw new IllegalStateException("no connection", e);
        }
    }

    /** Leaves out commands as long as the program still fails, and tells what is left. */
    private String report(Failure first) {
        Failure smallest = first;
        int runs = 0;
        boolean smaller = true;
        while (smaller && runs < SHRINKING_RUNS) {
            smaller = false;
            int end = Math.min(smallest.at() + 1, smallest.program().size());
            List<Action> commands = smallest.program().subList(0, end);
            for (int size = Math.max(1, commands.size() / 2); size >= 1 && !smaller; size /= 2) {
                for (int from = 0; from + size <= commands.size() && !smaller && runs < SHRINKING_RUNS; from += size) {
                    List<Action> fewer = new ArrayList<>(commands);
                    fewer.subList(from, from + size).clear();
                    runs++;
                    Optional<Failure> again = failure(first.seed(), fewer, SHORT_PATIENCE);
                    if (again.isPresent()) {
                        smallest = again.get();
                        smaller = true;
                    }
                }
            }
        }
        return "seed " + first.seed() + " (replay with -Dtasker.model.seed=" + first.seed() + "): "
                + first.cause().getMessage() + "\nprogram, failing at command " + first.at() + ":\n"
                + lines(first.program())
                + "\nsmallest after " + runs + " tries, failing at command " + smallest.at() + " with "
                + smallest.cause().getMessage() + ":\n" + lines(smallest.program());
    }

    private static String lines(List<Action> program) {
        return program.stream().map(action -> "  " + action).collect(Collectors.joining("\n"));
    }

    @Override
    public void close() {
        try {
            ground.close();
        } catch (SQLException e) {
            throw new IllegalStateException("connections", e);
        }
    }
}
