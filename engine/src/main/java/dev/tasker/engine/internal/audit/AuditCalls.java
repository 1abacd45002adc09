package dev.tasker.engine.internal.audit;

import dev.tasker.engine.AuditCode;
import dev.tasker.engine.AuditFinding;
import dev.tasker.engine.internal.audit.Suspect.Identity;
import dev.tasker.engine.internal.audit.Suspect.Session;
import dev.tasker.engine.internal.audit.Suspect.Task;
import dev.tasker.engine.internal.audit.Suspect.Timer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The auditor's calls: one round trip and one short transaction each, in autocommit. */
final class AuditCalls {
    private static final String PIECE = "SELECT next, tasks, steps FROM tasker.audit_piece(?, ?, ?, ?)";
    private static final String TASKS = "SELECT DISTINCT task_uuid FROM tasker.audit_tasks(?, ?, false)";
    private static final String TIMERS =
            "SELECT code, task_uuid, step_index, due_at FROM tasker.audit_timers(?, ?, ?, ?) ORDER BY code NULLS FIRST";
    private static final String SESSIONS =
            "SELECT code, session_id FROM tasker.audit_sessions(?, ?) ORDER BY code NULLS FIRST";
    private static final String IDENTITIES = "SELECT code, encode(identity_hash, 'hex'), task_uuid"
            + " FROM tasker.audit_identities(decode(?, 'hex'), ?) ORDER BY code NULLS FIRST";
    private static final String QUEUES = "SELECT namespace || '/' || callable FROM tasker.audit_queues()";
    private static final String PASS =
            "SELECT kind, task_uuid, step_index, due_at, session_id, encode(identity_hash, 'hex'), tasks, walk"
                    + " FROM tasker.audit_pass(?, ?)";
    private static final String EXAMINE_TASK =
            "SELECT code, step_index, expected, found, repaired FROM tasker.examine_task(?, ?)";
    private static final String EXAMINE_TIMER =
            "SELECT code, step_index, expected, found, repaired FROM tasker.examine_timer(?, ?, ?, ?)";
    private static final String EXAMINE_SESSION =
            "SELECT code, step_index, expected, found, repaired FROM tasker.examine_session(?, ?)";
    private static final String EXAMINE_IDENTITY =
            "SELECT code, step_index, expected, found, repaired FROM tasker.examine_identity(decode(?, 'hex'), ?)";
    private static final String EXAMINE_TOTALS =
            "SELECT code, step_index, expected, found, repaired FROM tasker.examine_totals(?)";

    private AuditCalls() {}

    /**
     * @param until the first uuid that does not belong to it
     * @param next where the next piece begins, null: there is none
     */
    record Piece(UUID from, UUID until, @Nullable UUID next, int tasks, long steps) {}

    /** @param next the last timer of this piece, null: there is no more */
    record Timers(@Nullable Timer next, List<Suspect> suspects) {}

    /** @param next the last session of this piece, null: there is no more */
    record Sessions(@Nullable Integer next, List<Suspect> suspects) {}

    /** @param next the last identity of this piece, null: there is no more */
    record Identities(@Nullable String next, List<Suspect> suspects) {}

    /** A piece of the nodes' common walk. */
    record Pass(int tasks, Walk walk, List<Suspect> suspects) {}

    /** Where the nodes' common walk is after a pass. */
    enum Walk {
        GOES_ON,
        ENDS,
        RESTS,
        TAKEN;

        private static Walk of(String text) {
            return switch (text) {
                case "goes on" -> GOES_ON;
                case "ends" -> ENDS;
                case "rests" -> RESTS;
                case "taken" -> TAKEN;
                default -> throw new IllegalStateException("walk: " + text + " (expected: where it is)");
            };
        }
    }

    static Piece piece(Connection open, UUID from, UUID until, int tasks, int steps) throws SQLException {
        try (PreparedStatement select = open.prepareStatement(PIECE)) {
            select.setObject(1, from);
            select.setObject(2, until);
            select.setInt(3, tasks);
            select.setInt(4, steps);
            ResultSet row = select.executeQuery();
            row.next();
            UUID next = row.getObject(1, UUID.class);
            return new Piece(from, Objects.requireNonNullElse(next, until), next, row.getInt(2), row.getLong(3));
        }
    }

    /** Recounts a piece, in one snapshot. */
    static List<Suspect> tasks(Connection open, Piece piece) throws SQLException {
        try (PreparedStatement select = open.prepareStatement(TASKS)) {
            select.setObject(1, piece.from());
            select.setObject(2, piece.until());
            ResultSet rows = select.executeQuery();
            List<Suspect> suspects = new ArrayList<>();
            while (rows.next()) {
                suspects.add(new Task(rows.getObject(1, UUID.class)));
            }
            return suspects;
        }
    }

    static Timers timers(Connection open, Timer after, int limit) throws SQLException {
        try (PreparedStatement select = open.prepareStatement(TIMERS)) {
            select.setObject(1, after.due());
            select.setObject(2, after.task());
            select.setInt(3, after.step());
            select.setInt(4, limit);
            ResultSet rows = select.executeQuery();
            rows.next();
            Timer next = rows.getObject(2) == null ? null : timer(rows);
            List<Suspect> suspects = new ArrayList<>();
            while (rows.next()) {
                suspects.add(timer(rows));
            }
            return new Timers(next, suspects);
        }
    }

    private static Timer timer(ResultSet row) throws SQLException {
        return new Timer(row.getObject(4, OffsetDateTime.class), row.getObject(2, UUID.class), row.getInt(3));
    }

    static Sessions sessions(Connection open, int after, int limit) throws SQLException {
        try (PreparedStatement select = open.prepareStatement(SESSIONS)) {
            select.setInt(1, after);
            select.setInt(2, limit);
            ResultSet rows = select.executeQuery();
            rows.next();
            Integer next = rows.getObject(2, Integer.class);
            List<Suspect> suspects = new ArrayList<>();
            while (rows.next()) {
                suspects.add(new Session(rows.getInt(2)));
            }
            return new Sessions(next, suspects.stream().distinct().toList());
        }
    }

    static Identities identities(Connection open, String after, int limit) throws SQLException {
        try (PreparedStatement select = open.prepareStatement(IDENTITIES)) {
            select.setString(1, after);
            select.setInt(2, limit);
            ResultSet rows = select.executeQuery();
            rows.next();
            String next = rows.getString(2);
            List<Suspect> suspects = new ArrayList<>();
            while (rows.next()) {
                suspects.add(new Identity(rows.getString(2), rows.getObject(3, UUID.class)));
            }
            return new Identities(next, suspects);
        }
    }

    static List<String> unattended(Connection open) throws SQLException {
        try (PreparedStatement select = open.prepareStatement(QUEUES)) {
            ResultSet rows = select.executeQuery();
            List<String> names = new ArrayList<>();
            while (rows.next()) {
                names.add(rows.getString(1));
            }
            return names;
        }
    }

    static Pass pass(Connection open, int tasks, int steps) throws SQLException {
        try (PreparedStatement call = open.prepareStatement(PASS)) {
            call.setInt(1, tasks);
            call.setInt(2, steps);
            ResultSet rows = call.executeQuery();
            List<Suspect> suspects = new ArrayList<>();
            while (rows.next()) {
                switch (rows.getInt(1)) {
                    case 0 -> suspects.add(new Task(rows.getObject(2, UUID.class)));
                    case 1 ->
                        suspects.add(new Timer(
                                rows.getObject(4, OffsetDateTime.class),
                                rows.getObject(2, UUID.class),
                                rows.getInt(3)));
                    case 2 -> suspects.add(new Session(rows.getInt(5)));
                    case 3 -> {
                        return new Pass(
                                rows.getInt(7),
                                Walk.of(rows.getString(8)),
                                suspects.stream().distinct().toList());
                    }
                    case 4 -> suspects.add(new Identity(rows.getString(6), rows.getObject(2, UUID.class)));
                    default -> throw new IllegalStateException("kind: " + rows.getInt(1) + " (expected: 0 to 4)");
                }
            }
            throw new IllegalStateException("audit_pass returned no end");
        }
    }

    /** The second look, with a repair if wanted; empty when the suspect is sound. */
    static List<AuditFinding> examine(Connection open, Suspect suspect, boolean repair) throws SQLException {
        return switch (suspect) {
            case Task(UUID uuid) -> {
                try (PreparedStatement call = open.prepareStatement(EXAMINE_TASK)) {
                    call.setObject(1, uuid);
                    call.setBoolean(2, repair);
                    yield findings(call, uuid, null);
                }
            }
            case Timer(OffsetDateTime due, UUID task, int step) -> {
                try (PreparedStatement call = open.prepareStatement(EXAMINE_TIMER)) {
                    call.setObject(1, due);
                    call.setObject(2, task);
                    call.setInt(3, step);
                    call.setBoolean(4, repair);
                    yield findings(call, task, null);
                }
            }
            case Session(int id) -> {
                try (PreparedStatement call = open.prepareStatement(EXAMINE_SESSION)) {
                    call.setInt(1, id);
                    call.setBoolean(2, repair);
                    yield findings(call, null, id);
                }
            }
            case Identity(String hash, UUID task) -> {
                try (PreparedStatement call = open.prepareStatement(EXAMINE_IDENTITY)) {
                    call.setString(1, hash);
                    call.setBoolean(2, repair);
                    yield findings(call, task, null);
                }
            }
        };
    }

    /** Totals that do not agree with the rows, counted and, if wanted, mended at once. */
    static List<AuditFinding> examineTotals(Connection open, boolean repair) throws SQLException {
        try (PreparedStatement call = open.prepareStatement(EXAMINE_TOTALS)) {
            call.setBoolean(1, repair);
            return findings(call, null, null);
        }
    }

    private static List<AuditFinding> findings(PreparedStatement call, @Nullable UUID task, @Nullable Integer session)
            throws SQLException {
        ResultSet rows = call.executeQuery();
        List<AuditFinding> findings = new ArrayList<>();
        while (rows.next()) {
            findings.add(new AuditFinding(
                    AuditCode.of(rows.getString(1)),
                    task,
                    rows.getObject(2, Integer.class),
                    session,
                    Objects.requireNonNullElse(rows.getString(3), ""),
                    Objects.requireNonNullElse(rows.getString(4), ""),
                    rows.getBoolean(5)));
        }
        return findings;
    }
}
