package dev.tasker.engine.internal.sql;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which history of the database a node's memory is of. A promoted standby and a restored backup go on under another timeline, and may lack
 * what was committed last, answered or not: then what the node remembers has to be compared with what is stored. Thread-safe.
 */
public final class Timeline {
    private static final Logger log = LoggerFactory.getLogger(Timeline.class);

    private final Runnable compare;
    private @Nullable String known;
    private @Nullable String found;

    /** Takes what asks for a comparison, soon and by another thread. */
    public Timeline(Runnable compare) {
        this.compare = compare;
    }

    /** The database is on this timeline now; null: it does not tell. */
    public void saw(@Nullable String now) {
        if (now != null && becameOld(now)) {
            compare.run();
        }
    }

    private synchronized boolean becameOld(String now) {
        if (now.equals(found)) {
            return false;
        }
        if (known == null) {
            known = now;
        } else if (!now.equals(known)) {
            log.warn(
                    "PostgreSQL's timeline is {}, it was {}: a standby was promoted or a backup restored. What was"
                            + " committed last may be gone; leases, sessions and templates are compared with what is"
                            + " stored",
                    now,
                    known);
        }
        found = now;
        return isOld();
    }

    /** The timeline that memory is of, null while unknown. */
    public synchronized @Nullable String known() {
        return known;
    }

    /** The timeline that memory has to be compared with, null when there is none. */
    public synchronized @Nullable String toCompare() {
        return isOld() ? found : null;
    }

    /** Memory was compared with what is stored under this timeline. */
    public synchronized void compared(String with) {
        known = with;
    }

    private boolean isOld() {
        return found != null && !found.equals(known);
    }
}
