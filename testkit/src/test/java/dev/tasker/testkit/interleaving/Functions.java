package dev.tasker.testkit.interleaving;

import dev.tasker.engine.Migrations;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The engine's calls as its migrations define them, with a gate before every statement of their bodies, so that a test can hold a writer at
 * each boundary. Made from the migration files by text replacement: copies that cannot drift.
 */
final class Functions {
    private static final String FOLDER = "/dev/tasker/engine/migrations/";
    private static final List<String> FILES = List.of(
            "R__2_create_tasks.sql",
            "R__3_complete_steps.sql",
            "R__3b_grow_and_complete.sql",
            "R__3c_checkpoint_steps.sql",
            "R__4_claim_steps.sql",
            "R__4b_reject_steps.sql",
            "R__4c_operate_steps.sql",
            "R__4d_cancel_tasks.sql",
            "R__4e_grow_and_operate.sql",
            "R__4f_reopen_tasks.sql",
            "R__5_expire_session.sql",
            "R__5b_time_out_steps.sql",
            "R__5c_dead_letters.sql",
            "R__6_retry_due.sql",
            "R__7_sessions.sql",
            "R__9b_examine.sql");

    /** A statement of a body begins here; the query of a RETURN QUERY does not count for itself, nor does what a WITH leads to. */
    private static final Pattern STATEMENT = Pattern.compile(
            "(?<!RETURN QUERY\n)(?<!\n {2}\\)\n"
                    + ")^( {2}(?:PERFORM 1|RETURN QUERY|WITH|SELECT array_agg|UPDATE|DELETE FROM|INSERT INTO)\\b|"
                    + " {4}RETURN QUERY\\b)",
            Pattern.MULTILINE);

    /** A repair of the auditor is a branch of its function: a statement of it begins behind the end of another, comments left out. */
    private static final Pattern REPAIR = Pattern.compile(
            "(?<=;\n|;\n\n|ELSE\n)((?: {4}--.*\n)* {4}(?:WITH|SELECT coalesce|UPDATE|DELETE FROM|INSERT INTO)\\b)");

    private static final Pattern FUNCTION =
            Pattern.compile("CREATE OR REPLACE FUNCTION (\\w+)\\((?:(?!CREATE OR REPLACE).)*?\\$\\$;", Pattern.DOTALL);

    /** Waits while the test holds the writer's gate: a lock of its own, named by two settings of the writer's session. */
    private static final String GATE = """
        CREATE OR REPLACE FUNCTION tasker.gate(p_point text) RETURNS void LANGUAGE plpgsql AS $$
        BEGIN
          IF current_setting('gate.point', true) = p_point THEN
            PERFORM pg_advisory_lock_shared(current_setting('gate.key')::bigint);
            PERFORM pg_advisory_unlock_shared(current_setting('gate.key')::bigint);
          END IF;
        END $$;
        """;

    /** One gate more, within a statement: before creation inserts the identity b. */
    private static final String ROW_GATE = """
        CREATE OR REPLACE FUNCTION tasker.row_gate() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          PERFORM tasker.gate('create_tasks/3');
          RETURN NEW;
        END $$;
        CREATE OR REPLACE TRIGGER row_gate BEFORE INSERT ON tasker.task_identities FOR EACH ROW
        WHEN (NEW.identity_hash = '\\x0b') EXECUTE FUNCTION tasker.row_gate();
        """;

    private final Map<String, String> definitions;
    private final Map<String, Integer> gates = new LinkedHashMap<>();

    private Functions(Map<String, String> definitions) {
        this.definitions = definitions;
    }

    /** The functions that write, as they are shipped. */
    static Functions shipped() {
        Map<String, String> definitions = new LinkedHashMap<>();
        for (String file : FILES) {
            Matcher function = FUNCTION.matcher(read(file));
            while (function.find()) {
                if (function.group().contains("LANGUAGE plpgsql")) {
                    definitions.put(function.group(1), function.group());
                }
            }
        }
        return new Functions(definitions);
    }

    /** These functions with one change in the text of one of them, which must be there. */
    Functions broken(String function, String shipped, String replacement) {
        String definition = definitions.getOrDefault(function, "");
        if (!definition.contains(shipped)) {
            throw new IllegalArgumentException(
                    function + ": no text '" + shipped + "' (expected: as in the migration)");
        }
        Map<String, String> changed = new LinkedHashMap<>(definitions);
        changed.put(function, definition.replace(shipped, replacement));
        return new Functions(changed);
    }

    /** Statements that put these functions, with gates, in place of the shipped ones. */
    List<String> install() {
        List<String> statements = new ArrayList<>();
        statements.add(GATE);
        statements.add(ROW_GATE);
        definitions.forEach((name, definition) -> {
            Matcher statement = STATEMENT.matcher(
                    definition.replace("CREATE OR REPLACE FUNCTION ", "CREATE OR REPLACE FUNCTION tasker."));
            StringBuilder gated = new StringBuilder();
            int count = 0;
            while (statement.find()) {
                count++;
                statement.appendReplacement(gated, "  PERFORM gate('" + name + "/" + count + "');\n$1");
            }
            statement.appendTail(gated);
            if (name.equals("examine_task")) {
                Matcher repair = REPAIR.matcher(gated.toString());
                gated = new StringBuilder();
                while (repair.find()) {
                    count++;
                    repair.appendReplacement(gated, "    PERFORM gate('" + name + "/" + count + "');\n$1");
                }
                repair.appendTail(gated);
            }
            gates.put(name, name.equals("create_tasks") ? count + 1 : count);
            statements.add(gated.toString());
        });
        return statements;
    }

    /** How many gates {@code function} has, known once installed; they are numbered from 1. */
    int gatesOf(String function) {
        return gates.getOrDefault(function, 0);
    }

    private static String read(String file) {
        try (InputStream in = Migrations.class.getResourceAsStream(FOLDER + file)) {
            if (in == null) {
                throw new IllegalStateException("no migration " + file);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
