package dev.tasker.cli;

import dev.tasker.client.Step;
import dev.tasker.client.StepAction;
import dev.tasker.client.StepAudit;
import dev.tasker.client.TaskerClient;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The commands about steps, below {@code tasker task} (07 §4.1). */
final class StepCommands {
    static final String OPERATOR = "cli-operator";

    private StepCommands() {}

    /** {@code tasker task steps}. */
    @Command(name = "steps", description = "Lists the steps of a task.", mixinStandardHelpOptions = true)
    static final class Steps implements Callable<Integer> {
        @Mixin
        private Connection connection = new Connection();

        @Parameters(paramLabel = "TASK", description = "UUID, or its first digits.")
        private String task = "";

        @Override
        public Integer call() throws InterruptedException {
            try (TaskerClient client = connection.open()) {
                UUID uuid = References.task(client, task);
                List<Step> steps = client.steps().list(uuid);
                if (steps.isEmpty()) {
                    client.tasks().get(uuid); // an unknown task has no steps, and says so here
                }
                connection.output().showAll(steps, steps, () -> table(steps), Step::stepUuid);
                return 0;
            }
        }
    }

    /** A command about one step of one task. */
    abstract static class OfOneStep implements Callable<Integer> {
        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Mixin
        private Connection connection = new Connection();

        @Parameters(index = "0", paramLabel = "TASK", description = "UUID, or its first digits.")
        private String task = "";

        @Parameters(index = "1", paramLabel = "STEP", description = "Name or UUID.")
        private String step = "";

        @Override
        public final Integer call() throws InterruptedException {
            try (TaskerClient client = connection.open()) {
                UUID uuid = References.task(client, task);
                run(client, References.step(client, uuid, step), connection.output());
                return 0;
            }
        }

        abstract void run(TaskerClient client, Step found, Output output) throws InterruptedException;

        CommandSpec spec() {
            return spec;
        }
    }

    /** {@code tasker task step}. */
    @Command(name = "step", description = "Shows a step.", mixinStandardHelpOptions = true)
    static final class Show extends OfOneStep {
        @Override
        void run(TaskerClient client, Step found, Output output) {
            output.show(found, found.stepUuid(), () -> details(found));
        }
    }

    /** {@code tasker task step-audit}. */
    @Command(name = "step-audit", description = "Lists the attempts of a step.", mixinStandardHelpOptions = true)
    static final class Audit extends OfOneStep {
        @Override
        void run(TaskerClient client, Step found, Output output) throws InterruptedException {
            List<StepAudit> audit = client.steps().audit(found.taskUuid(), found.stepUuid());
            output.showAll(audit, audit, () -> audit(audit), StepAudit::auditUuid);
        }
    }

    /** A command that changes one step. */
    abstract static class Change extends OfOneStep {
        @Mixin
        private Confirmation confirmation = new Confirmation();

        @Option(
                names = {"-r", "--reason"},
                required = true,
                description = "For the history.")
        private String reason = "";

        @Override
        final void run(TaskerClient client, Step found, Output output) throws InterruptedException {
            StepAction action = action(reason);
            confirmation.require("Step " + found.name() + " of task " + found.taskUuid() + ", now "
                    + found.currentState().text() + ", will be " + done() + ".");
            Step after = client.steps().act(found.taskUuid(), found.stepUuid(), action);
            output.show(after, after.stepUuid(), () -> details(after));
        }

        abstract StepAction action(String why);

        abstract String done();
    }

    /** {@code tasker task reset-step}. */
    @Command(
            name = "reset-step",
            description = "Puts a failed step back to work, its attempts forgotten.",
            mixinStandardHelpOptions = true)
    static final class Reset extends Change {
        @Option(
                names = {"-b", "--reset-by"},
                defaultValue = OPERATOR,
                description = "Default: ${DEFAULT-VALUE}")
        private String operator = OPERATOR;

        @Override
        StepAction action(String why) {
            return new StepAction.ResetForRetry(why, operator);
        }

        @Override
        String done() {
            return "tried again";
        }
    }

    /** {@code tasker task resolve-step}. */
    @Command(
            name = "resolve-step",
            aliases = "resolve",
            description = "Takes a step as done, without a result.",
            mixinStandardHelpOptions = true)
    static final class Resolve extends Change {
        @Option(
                names = {"-b", "--resolved-by"},
                defaultValue = OPERATOR,
                description = "Default: ${DEFAULT-VALUE}")
        private String operator = OPERATOR;

        @Override
        StepAction action(String why) {
            return new StepAction.ResolveManually(why, operator);
        }

        @Override
        String done() {
            return "taken as done, without a result";
        }
    }

    /** {@code tasker task complete-step}. */
    @Command(
            name = "complete-step",
            aliases = "complete",
            description = "Gives the result of a step by hand.",
            mixinStandardHelpOptions = true)
    static final class Complete extends Change {
        @Option(
                names = {"-b", "--completed-by"},
                defaultValue = OPERATOR,
                description = "Default: ${DEFAULT-VALUE}")
        private String operator = OPERATOR;

        @Option(
                names = "--result",
                paramLabel = "JSON",
                required = true,
                description = "JSON; @FILE, or - for standard input.")
        private String result = "";

        @Option(names = "--metadata", paramLabel = "JSON", description = "Kept with the result; as --result.")
        private @Nullable String metadata;

        @Override
        StepAction action(String why) {
            return new StepAction.CompleteManually(
                    InputText.json(spec(), "--result", result),
                    metadata == null ? null : InputText.json(spec(), "--metadata", metadata),
                    why,
                    operator);
        }

        @Override
        String done() {
            return "complete with that result";
        }
    }

    private static String table(List<Step> steps) {
        Table table = Table.titled("STEP", "STATE", "ATTEMPTS", "PARENTS", "UUID", "FAILURE");
        for (Step step : steps) {
            table.row(
                    step.name(),
                    step.currentState().text(),
                    step.attempts() + "/" + step.maxAttempts(),
                    step.completedParents() + "/" + step.totalParents(),
                    step.stepUuid(),
                    step.failure().orElse(""));
        }
        return table.toString();
    }

    static String details(Step step) {
        return Table.plain()
                .row("Step", step.name())
                .row("UUID", step.stepUuid())
                .row("State", step.currentState().text())
                .row("Attempts", step.attempts() + "/" + step.maxAttempts())
                .row("Parents done", step.dependenciesSatisfied())
                .row("Ready", step.readyForExecution())
                .row("May be retried", step.retryEligible())
                .row("Last attempt", step.lastAttemptedAt())
                .row("Last failure", step.lastFailureAt())
                .row("Next retry", step.nextRetryAt())
                .row("Completed", step.completedAt())
                .row("Failure", step.failure().orElse(null))
                .row("Result", step.result().orElse(null))
                .toString();
    }

    private static String audit(List<StepAudit> audit) {
        Table table = Table.titled("AT", "SUCCESS", "FROM", "TO", "TOOK", "WORKER");
        for (StepAudit entry : audit) {
            table.row(
                    entry.recordedAt(),
                    entry.success(),
                    entry.fromState(),
                    entry.toState(),
                    entry.executionTimeMs() == null ? null : entry.executionTimeMs() + " ms",
                    entry.workerUuid());
        }
        return audit.isEmpty() ? "No attempt of this step has ended yet.\n" : table.toString();
    }
}
