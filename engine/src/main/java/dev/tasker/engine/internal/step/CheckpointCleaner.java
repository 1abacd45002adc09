package dev.tasker.engine.internal.step;

import dev.tasker.engine.internal.sql.Database;
import java.sql.PreparedStatement;
import java.sql.ResultSet;

/** Forgets saved progress on request (02 §7.5). Thread-safe. */
public final class CheckpointCleaner {
    private static final String CALL = "SELECT tasker.clear_checkpoint(?, ?)";

    private final Database database;

    public CheckpointCleaner(Database database) {
        this.database = database;
    }

    /** Forgets the progress of a step that is not running; whether there was any. */
    public boolean clear(StepKey step) {
        return database.call(connection -> {
            try (PreparedStatement call = connection.prepareStatement(CALL)) {
                call.setObject(1, step.task());
                call.setInt(2, step.index());
                ResultSet row = call.executeQuery();
                row.next();
                return row.getBoolean(1);
            }
        });
    }
}
