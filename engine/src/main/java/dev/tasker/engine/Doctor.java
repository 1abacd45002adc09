package dev.tasker.engine;

import dev.tasker.engine.internal.audit.AuditWalk;
import dev.tasker.engine.internal.sql.Database;
import java.util.function.LongConsumer;
import javax.sql.DataSource;

/**
 * Proves on a live database that every figure agrees with the rows it stands for and that every unfinished task has a next event (DESIGN §1,
 * promise 4), and mends what does not where the rows leave no doubt. Needs no node; works beside any number of them. Each piece is one short
 * snapshot; what looks wrong there is looked at again under the lock of its task before it counts, and repaired in that transaction.
 * Thread-safe; the schema must be current.
 */
public final class Doctor {
    private final Database database;

    /** A doctor for this database: each run takes as many physical connections of {@code direct} as its speed says. */
    public Doctor(DataSource direct) {
        this.database = new Database(direct);
    }

    /** Looks at everything that {@code options} name. Fails with {@link EngineException} when the database refuses. */
    public DoctorReport run(DoctorOptions options) throws InterruptedException {
        return run(options, _ -> {});
    }

    /** The same, telling {@code progress} after each piece how many tasks were recounted so far. */
    public DoctorReport run(DoctorOptions options, LongConsumer progress) throws InterruptedException {
        return new AuditWalk(database, options, progress).run();
    }
}
