package dev.tasker.cli;

import dev.tasker.engine.LockHolder;
import dev.tasker.engine.Migration;
import dev.tasker.engine.MigrationException;
import dev.tasker.engine.MigrationListener;
import dev.tasker.engine.Migrations;
import dev.tasker.server.DatabaseAccess;
import dev.tasker.server.StartupException;
import dev.tasker.server.config.ConfigException;
import dev.tasker.server.config.ConfigLoader;
import dev.tasker.server.config.DatabaseConfig;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/** {@code tasker migrate}: brings the schema of the configured database up to date. */
@Command(
        name = "migrate",
        description = "Brings the database's schema up to date, each migration in a transaction of its own.",
        footer = {
            "",
            "Exit codes: 0 done; 1 a migration failed; 3 configuration; 4 database not reachable, or a lock not to be"
                    + " had;",
            "5 not permitted; 6 no such database; 7 the database is of another version.",
            "Example: tasker migrate --dry-run --config tasker.toml"
        },
        mixinStandardHelpOptions = true)
final class MigrateCommand implements Callable<Integer> {
    private static final int CONFIGURATION = 3;
    private static final int UNREACHABLE = 4;
    private static final int NOT_PERMITTED = 5;
    private static final int NOT_FOUND = 6;
    private static final int CONFLICT = 7;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @ArgGroup(exclusive = true)
    private @Nullable Question question;

    @Option(names = "--json", description = "Print one JSON document instead of lines.")
    private boolean json;

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = "TOML file; default: $TASKER_CONFIG_PATH, or none.")
    private @Nullable Path config;

    /** What changes nothing. */
    private static final class Question {
        @Option(names = "--status", description = "Only list all migrations and where they stand.")
        private boolean status;

        @Option(names = "--dry-run", description = "Only list what would run, with the locks and cost of each.")
        private boolean dryRun;

        @Option(names = "--print-roles", description = "Only print the SQL script that makes roles of least privilege.")
        private boolean printRoles;
    }

    @Override
    public Integer call() {
        Question asked = question == null ? new Question() : question;
        PrintWriter out = spec.commandLine().getOut();
        if (asked.printRoles) {
            out.print(Migrations.rolesScript());
            out.flush();
            return 0;
        }
        try (DatabaseAccess access = DatabaseAccess.connect(database())) {
            if (asked.status) {
                print(access.migrations().status(), "migrations");
            } else if (asked.dryRun) {
                print(access.migrations().pending(), "pending");
            } else {
                int applied = access.migrations().migrate(new Report());
                say(
                        json
                                ? written(Map.of("applied", applied))
                                : "Applied " + applied + " migrations to " + access + ".");
            }
        } catch (StartupException e) {
            throw new CommandException(exitCode(e.reason()), String.valueOf(e.getMessage()), e);
        } catch (MigrationException e) {
            throw new CommandException(exitCode(e.reason()), String.valueOf(e.getMessage()), e);
        }
        return 0;
    }

    private DatabaseConfig database() {
        DatabaseConfig database;
        try {
            database = ConfigLoader.load(config, System.getenv()).database();
        } catch (ConfigException e) {
            throw new CommandException(CONFIGURATION, String.valueOf(e.getMessage()), e);
        }
        if (!database.isExternal()) {
            throw new CommandException(
                    CONFIGURATION,
                    "No database is configured: set DATABASE_URL or common.database.url (an embedded PostgreSQL"
                            + " migrates itself).",
                    null);
        }
        return database;
    }

    private static int exitCode(StartupException.Reason reason) {
        return switch (reason) {
            case SETUP -> 1;
            case UNREACHABLE -> UNREACHABLE;
            case NOT_PERMITTED -> NOT_PERMITTED;
            case NOT_FOUND -> NOT_FOUND;
        };
    }

    private static int exitCode(MigrationException.Reason reason) {
        return switch (reason) {
            case FAILED, HALF_DONE -> 1;
            case PROXIED -> CONFIGURATION;
            case UNREACHABLE, LOCKED -> UNREACHABLE;
            case NOT_PERMITTED -> NOT_PERMITTED;
            case AHEAD, REWRITTEN -> CONFLICT;
        };
    }

    private void print(List<Migration> migrations, String member) {
        if (json) {
            say(written(Map.of(
                    member, migrations.stream().map(MigrateCommand::document).toList())));
            return;
        }
        if (migrations.isEmpty()) {
            say("Nothing to do.");
        }
        for (Migration migration : migrations) {
            say(line(migration));
            if (migration.runs()) {
                announce(migration);
            }
        }
    }

    private static String line(Migration migration) {
        return String.format(
                Locale.ROOT,
                "%-9s %-3s %s",
                word(migration),
                migration.version() == null ? "R" : "V" + migration.version(),
                migration.description());
    }

    private void announce(Migration migration) {
        say("              locks: " + migration.locks());
        say("              cost:  " + migration.cost());
    }

    private static String word(Migration migration) {
        return migration.state().name().toLowerCase(Locale.ROOT);
    }

    private static Map<String, @Nullable Object> document(Migration migration) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("version", migration.version());
        members.put("description", migration.description());
        members.put("script", migration.script());
        members.put("state", word(migration));
        members.put("locks", migration.locks());
        members.put("cost", migration.cost());
        return members;
    }

    private static String written(Map<String, ?> members) {
        ObjectMapper mapper = JsonMapper.shared();
        return mapper.writeValueAsString(members);
    }

    private void say(String sentence) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(sentence);
        out.flush();
    }

    /** Tells the person at the terminal; with {@code --json} on the error stream, for standard output is one document. */
    private final class Report implements MigrationListener {
        @Override
        public void begins(Migration migration) {
            if (!json) {
                say("Applying  " + (migration.version() == null ? "R  " : "V" + migration.version() + "  ")
                        + migration.description());
                announce(migration);
            }
        }

        @Override
        public void waits(List<LockHolder> holders, Duration pause) {
            PrintWriter err = spec.commandLine().getErr();
            err.println("A lock is held by "
                    + (holders.isEmpty() ? "nobody who can be seen" : "")
                    + String.join(
                            "; ", holders.stream().map(LockHolder::toString).toList())
                    + "; trying again in " + pause.toSeconds() + " s.");
            err.flush();
        }
    }
}
