package dev.tasker.cli;

import dev.tasker.benchmarks.ApiBench;
import dev.tasker.benchmarks.ApiListBench;
import dev.tasker.benchmarks.Bench;
import dev.tasker.benchmarks.BenchOptions;
import dev.tasker.benchmarks.BenchOptions.Transport;
import dev.tasker.benchmarks.BenchReport;
import dev.tasker.benchmarks.CancelBench;
import dev.tasker.benchmarks.ClaimBench;
import dev.tasker.benchmarks.CsvBench;
import dev.tasker.benchmarks.DoctorBench;
import dev.tasker.benchmarks.IdleBench;
import dev.tasker.benchmarks.ListBench;
import dev.tasker.benchmarks.PeriodsBench;
import dev.tasker.benchmarks.PinnedBench;
import dev.tasker.benchmarks.RepeatBench;
import dev.tasker.benchmarks.RetryStormBench;
import dev.tasker.benchmarks.Scenario;
import dev.tasker.benchmarks.StalenessBench;
import dev.tasker.benchmarks.SteadyBench;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tasker bench}: load and latency on a PostgreSQL of its own, with the SQL ceiling of the same run. */
@Command(
        name = "bench",
        description = "Measures latency and throughput on a temporary PostgreSQL, with fsync on.",
        mixinStandardHelpOptions = true)
final class BenchCommand implements Callable<Integer> {
    private static final int API_TASKS = 30_000;
    private static final int API_LIST_TASKS = 1_000_000;
    private static final int CLAIM_STEPS = 1_000_000;
    private static final int CANCEL_TASKS = 10_000;
    private static final int STORM_STEPS = 10_000;
    private static final int DOCTOR_TASKS = 300_000;

    @Option(
            names = "--scenario",
            defaultValue = "linear",
            description =
                    "linear, diamond, tree, fan-out, conditional; api: creations and reads over HTTP, with --secure of"
                        + " callers with credentials, too; api-list: pages over HTTP in a full database; csv: rows of"
                        + " a file in batches with checkpoints; claim: one among many waiting steps; cancel: of many"
                        + " tasks beside the linear scenario; retry-storm: many retries due at once; staleness:"
                        + " sweeps, lists: pages, both in a full database; doctor: recounting many tasks; pinned: the"
                        + " linear scenario beside a foreign open transaction; periods: while partitions come and go;"
                        + " steady: at a pace, with figures each minute; idle: gRPC sessions without work. Default:"
                        + " ${DEFAULT-VALUE}")
    private String scenario = "linear";

    @Option(names = "--width", defaultValue = "100", description = "Workers of a fan-out. Default: ${DEFAULT-VALUE}")
    private int width;

    @Option(names = "--rows", defaultValue = "1000000", description = "Rows of the CSV file. Default: ${DEFAULT-VALUE}")
    private int rows;

    @Option(
            names = "--rows-per-checkpoint",
            defaultValue = "1000",
            description = "Rows of a batch between checkpoints. Default: ${DEFAULT-VALUE}")
    private int rowsPerCheckpoint;

    @Option(
            names = "--unfinished",
            defaultValue = "100000",
            description = "Unfinished tasks of the database for staleness and lists. Default: ${DEFAULT-VALUE}")
    private int unfinished;

    @Option(
            names = "--finished",
            defaultValue = "500000",
            description = "Finished tasks of the database for staleness and lists. Default: ${DEFAULT-VALUE}")
    private int finished;

    @Option(names = "--tasks", description = "Tasks of the saturated phase. Default: enough for about 200 000 steps")
    private @Nullable Integer tasks;

    @Option(
            names = "--latency-tasks",
            defaultValue = "1000",
            description = "Tasks run one after the other. Default: ${DEFAULT-VALUE}")
    private int latencyTasks;

    @Option(names = "--concurrency", defaultValue = "500", description = "Tasks in flight. Default: ${DEFAULT-VALUE}")
    private int concurrency;

    @Option(names = "--slots", defaultValue = "1000", description = "Slots of the worker. Default: ${DEFAULT-VALUE}")
    private int slots;

    @Option(
            names = "--ceiling-seconds",
            defaultValue = "5",
            description = "Seconds of SQL alone, for comparison. Default: ${DEFAULT-VALUE}")
    private int ceilingSeconds;

    @Option(
            names = "--transport",
            defaultValue = "in-process",
            description = "in-process, grpc or http. Default: ${DEFAULT-VALUE}")
    private String transport = "in-process";

    @Option(
            names = "--secure",
            description =
                    "Client and worker use TLS and a signed token, over grpc or http; callers of api show keys and"
                            + " tokens.")
    private boolean secure;

    @Option(
            names = "--minutes",
            defaultValue = "10",
            description =
                    "How long the foreign transaction of pinned stays open, or steady runs. Default: ${DEFAULT-VALUE}")
    private int minutes;

    @Option(
            names = "--rate",
            defaultValue = "1000",
            description = "Tasks per second of steady. Default: ${DEFAULT-VALUE}")
    private int rate;

    @Option(names = "--sessions", defaultValue = "200", description = "Sessions of idle. Default: ${DEFAULT-VALUE}")
    private int sessions;

    @Option(
            names = "--seconds",
            defaultValue = "30",
            description = "How long idle measures, after as long a rest. Default: ${DEFAULT-VALUE}")
    private int seconds;

    @Option(
            names = "--runs",
            defaultValue = "1",
            description = "Runs of the saturated phase alone on one database, from empty; rounds of periods."
                    + " Default: ${DEFAULT-VALUE}")
    private int runs;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws Exception {
        requirePositive("--width", width);
        requirePositive("--rows", rows);
        requirePositive("--rows-per-checkpoint", rowsPerCheckpoint);
        if (tasks != null) {
            requirePositive("--tasks", tasks);
        }
        requirePositive("--latency-tasks", latencyTasks);
        requirePositive("--concurrency", concurrency);
        requirePositive("--slots", slots);
        requirePositive("--ceiling-seconds", ceilingSeconds);
        requirePositive("--minutes", minutes);
        requirePositive("--rate", rate);
        requirePositive("--runs", runs);
        requirePositive("--sessions", sessions);
        requirePositive("--seconds", seconds);
        requirePositive("--unfinished", unfinished);
        requirePositive("--finished", finished);
        PrintWriter out = spec.commandLine().getOut();
        if (scenario.equals("steady")) {
            new SteadyBench(minutes, Duration.ofMinutes(1), rate, concurrency, slots).run(out);
            return 0;
        }
        String report = switch (scenario) {
            case "claim" -> claimBench().run().json();
            case "csv" -> csv(new CsvBench(rows, rowsPerCheckpoint, slots, transport()).run());
            case "cancel" ->
                new CancelBench(tasksOr(CANCEL_TASKS), concurrency, slots).run().json();
            case "retry-storm" ->
                new RetryStormBench(tasksOr(STORM_STEPS), slots).run().json();
            case "staleness" -> new StalenessBench(unfinished, finished).run().json();
            case "api" -> new ApiBench(tasksOr(API_TASKS), secure).run().json();
            case "api-list" -> new ApiListBench(tasksOr(API_LIST_TASKS)).run().json();
            case "lists" -> new ListBench(unfinished, finished).run().json();
            case "doctor" ->
                new DoctorBench(tasksOr(DOCTOR_TASKS), concurrency, slots).run().json();
            case "pinned" ->
                new PinnedBench(Duration.ofMinutes(minutes), concurrency, slots)
                        .run()
                        .json();
            case "idle" ->
                new IdleBench(sessions, Duration.ofSeconds(seconds)).run().json();
            case "periods" -> new PeriodsBench(runs, concurrency, slots).run().json();
            default -> load();
        };
        out.println(report);
        out.flush();
        return 0;
    }

    private int tasksOr(int standard) {
        return tasks != null ? tasks : standard;
    }

    private String csv(CsvBench.Report report) {
        return json ? report.json() : report.text();
    }

    private String load() throws Exception {
        if (runs > 1) {
            RepeatBench.Report report = new RepeatBench(options(), runs).run();
            return json ? report.json() : report.text();
        }
        BenchReport report = new Bench(options()).run();
        return json ? report.json() : report.text();
    }

    private Transport transport() {
        try {
            return Transport.parse(transport);
        } catch (IllegalArgumentException e) {
            throw new CommandException(String.valueOf(e.getMessage()), e);
        }
    }

    private ClaimBench claimBench() {
        try {
            return new ClaimBench(tasksOr(CLAIM_STEPS));
        } catch (IllegalArgumentException e) {
            throw new CommandException(String.valueOf(e.getMessage()), e);
        }
    }

    private BenchOptions options() {
        try {
            Scenario wanted = Scenario.parse(scenario);
            int steps = wanted.template(width).steps().size();
            return new BenchOptions(
                    wanted,
                    width,
                    tasks != null ? tasks : Math.max(1, 200_000 / steps),
                    latencyTasks,
                    concurrency,
                    slots,
                    ceilingSeconds,
                    transport(),
                    secure);
        } catch (IllegalArgumentException e) {
            throw new CommandException(String.valueOf(e.getMessage()), e);
        }
    }

    private static void requirePositive(String option, int value) {
        if (value < 1) {
            throw new CommandException(option + ": " + value + " (expected: >= 1)");
        }
    }
}
