package dev.tasker.engine.internal.analytics;

import dev.tasker.engine.RollupConfig;
import dev.tasker.engine.internal.sql.Database;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Folds what changed into the roll-ups: one statement per pass, at most one pass per {@link RollupConfig#delay()} while this node changes
 * something, and one in five minutes for what other nodes left and for what grew old. Thread-safe.
 */
public final class RollupFolder {
    private static final String FOLD = """
        SELECT tasker.fold_rollups(?, ? * interval '1 s', ? * interval '1 s', ? * interval '1 s')
        """;
    private static final int LIMIT = 5_000;
    private static final Duration UNTIL_LOOK = Duration.ofMinutes(5);

    private final Database database;
    private final RollupConfig config;
    private final Consumer<Duration> wakeUp;
    private final AtomicBoolean wanted = new AtomicBoolean();

    /** Takes what makes a pass happen after a time. */
    public RollupFolder(Database database, RollupConfig config, Consumer<Duration> wakeUp) {
        this.database = database;
        this.config = config;
        this.wakeUp = wakeUp;
    }

    /** This node changed something. Called for every change: cheap, never blocks. */
    public void changed() {
        if (!wanted.get() && wanted.compareAndSet(false, true)) {
            wakeUp.accept(config.delay());
        }
    }

    /** Folds one portion; how long until the next pass is due by itself. */
    public Duration runOnce() {
        wanted.set(false);
        return fold() == LIMIT ? Duration.ZERO : UNTIL_LOOK;
    }

    /** Folds all there is, unless another node is at it. */
    public void catchUp() {
        int folded;
        do {
            folded = fold();
        } while (folded == LIMIT);
    }

    private int fold() {
        return database.call(connection -> {
            try (PreparedStatement call = connection.prepareStatement(FOLD)) {
                call.setInt(1, LIMIT);
                call.setLong(2, config.minutes().toSeconds());
                call.setLong(3, config.hours().toSeconds());
                call.setLong(4, config.days().toSeconds());
                ResultSet row = call.executeQuery();
                return row.next() ? row.getInt(1) : 0;
            }
        });
    }
}
