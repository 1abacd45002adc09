package dev.tasker.engine.internal.lane;

import dev.tasker.engine.EngineException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * One kind of call a lane makes for a batch of commands. Used by several lanes at once; a batch belongs to one.
 *
 * @param <C> its commands
 * @param <P> a batch made ready: parameters, and slots reserved for what it may lease
 * @param <A> the database's answer
 */
public interface BatchCall<C extends Command, P, A> {

    /** Makes a batch ready; {@link #apply} or {@link #abandon} follows. */
    P prepare(List<C> commands);

    /** The one round trip, in autocommit. May be repeated with the same number while its outcome is unknown. */
    A execute(Connection connection, P prepared, long batchNumber) throws SQLException;

    /**
     * Takes the answer over into memory and answers the commands.
     *
     * @param repeated an earlier try may have been committed: an effect found in place may be its own
     */
    void apply(P prepared, A answer, long batchNumber, boolean repeated);

    /** Gives back what {@link #prepare} reserved; nothing was written, as far as is known. */
    void abandon(P prepared);

    /** Answers all commands with {@code failure}. */
    static void failAll(List<? extends Command> commands, EngineException failure) {
        commands.forEach(command -> command.fail(failure));
    }
}
