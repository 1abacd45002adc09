package dev.tasker.engine.internal.audit;

import dev.tasker.engine.DoctorOptions;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The tasks that a doctor looks at, piece by piece in order of uuid, each for one of those who walk. Thread-safe. */
final class TaskPieces {
    private final DoctorOptions options;
    private @Nullable UUID next;

    TaskPieces(DoctorOptions options) {
        this.options = options;
        this.next = options.from();
    }

    /** The next piece, read over the caller's connection; null: there is no more. */
    synchronized AuditCalls.@Nullable Piece take(Connection open) throws SQLException {
        if (next == null) {
            return null;
        }
        AuditCalls.Piece piece = AuditCalls.piece(
                open,
                next,
                options.until(),
                options.speed().tasks(),
                options.speed().steps());
        next = piece.next();
        return piece;
    }

    /** Nobody gets a further piece. */
    synchronized void stop() {
        next = null;
    }
}
