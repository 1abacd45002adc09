package dev.tasker.engine.internal.event;

import dev.tasker.engine.internal.sql.Database;
import dev.tasker.engine.internal.sql.DedicatedConnection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hints between nodes that steps wait which no session of the sender took: payload-free notifications outside every transaction, coalesced.
 * They may be lost; the pulse carries the truth. Each of the two passes is made by one thread of its own.
 */
public final class Hints implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Hints.class);
    private static final String CHANNEL = "tasker_ready";
    private static final Duration APART = Duration.ofMillis(20);
    private static final Duration LISTEN_FOR = Duration.ofSeconds(30);
    private static final Duration IDLE = Duration.ofHours(1);

    private final DedicatedConnection sender;
    private final DedicatedConnection receiver;
    private final AtomicBoolean wanted = new AtomicBoolean();
    private volatile int senderProcess;
    private volatile boolean listening;

    public Hints(Database database) {
        this.sender = new DedicatedConnection(database, "hint-sender");
        this.receiver = new DedicatedConnection(database, "hint-receiver");
    }

    /** Asks for a hint; true when the sender has to be woken for it. */
    public boolean want() {
        return wanted.compareAndSet(false, true);
    }

    /** Sends the hint that is wanted, if any; returns how long to wait for the next. */
    public Duration sendOnce() throws SQLException {
        if (!wanted.getAndSet(false)) {
            return IDLE;
        }
        sender.run(open -> {
            senderProcess = open.unwrap(PGConnection.class).getBackendPID();
            try (Statement notify = open.createStatement()) {
                return notify.execute("NOTIFY " + CHANNEL);
            }
        });
        return APART;
    }

    /** Waits for hints of other nodes and passes them on; a new connection begins with one, for those missed before. */
    public Duration listenOnce(Runnable hinted) throws SQLException {
        boolean other = receiver.run(open -> {
            PGConnection connection = open.unwrap(PGConnection.class);
            if (!listening) {
                try (Statement listen = open.createStatement()) {
                    listen.execute("LISTEN " + CHANNEL);
                }
                listening = true;
                return true;
            }
            try {
                PGNotification[] notifications = connection.getNotifications((int) LISTEN_FOR.toMillis());
                boolean others = false;
                for (PGNotification notification : notifications == null ? new PGNotification[0] : notifications) {
                    others |= notification.getPID() != senderProcess;
                }
                return others;
            } catch (SQLException e) {
                listening = false;
                receiver.close();
                throw e;
            }
        });
        if (other) {
            log.debug("hint received");
            hinted.run();
        }
        return Duration.ZERO;
    }

    @Override
    public void close() {
        sender.abort();
        receiver.abort();
    }
}
