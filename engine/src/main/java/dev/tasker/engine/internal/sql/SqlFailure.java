package dev.tasker.engine.internal.sql;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import org.jspecify.annotations.Nullable;

/** What a failed statement means for its caller. The one place that knows SQLSTATEs. */
public enum SqlFailure {
    /** Nothing was written; the same call may succeed now: serialisation failure, deadlock, lock timeout, cancelled by somebody. */
    REPEAT,
    /** The connection is gone or never was; whether the statement was committed is unknown. */
    CONNECTION,
    /** A value of the call can never be stored, such as a text with a NUL character. */
    VALUE,
    /** The call itself is at fault; repeating it changes nothing. */
    POISON;

    /** The meaning of {@code failure}. */
    public static SqlFailure of(SQLException failure) {
        if (failure instanceof SQLTransientConnectionException) {
            return CONNECTION;
        }
        return ofState(failure.getSQLState());
    }

    private static SqlFailure ofState(@Nullable String state) {
        if (state == null) {
            return CONNECTION;
        }
        return switch (state) {
            case "40001", "40P01", "55P03", "57014" -> REPEAT;
            // terminated by an administrator or a crash, starting up, shutting down, too many connections, out of
            // memory; read-only: a standby that is not promoted yet, or a primary that has become one
            case "57P01", "57P02", "57P03", "57P05", "53300", "25P03", "25006" -> CONNECTION;
            default -> ofClass(state);
        };
    }

    private static SqlFailure ofClass(String state) {
        if (state.startsWith("08") || state.startsWith("53")) {
            return CONNECTION;
        }
        return state.startsWith("22") ? VALUE : POISON;
    }
}
