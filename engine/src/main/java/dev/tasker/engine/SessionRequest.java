package dev.tasker.engine;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A worker that wants steps.
 *
 * @param workerName for people; not unique
 * @param handlers what the session may be given; it is given nothing else
 * @param selfRenewing the engine renews the leases as long as the session is open (in process); otherwise only {@link
 *     Session#heartbeat()} does
 * @param handlerTimeout the worker's own limit for steps that state none, zero or null: there is none
 * @param slotsReturn an assignment that has ended sets its slot free again; otherwise a slot is good for one assignment
 */
public record SessionRequest(
        String workerName,
        List<HandlerKey> handlers,
        boolean selfRenewing,
        @Nullable Duration handlerTimeout,
        boolean slotsReturn) {

    public SessionRequest {
        handlers = List.copyOf(handlers);
    }

    /** A worker whose slots return. */
    public SessionRequest(
            String workerName, List<HandlerKey> handlers, boolean selfRenewing, @Nullable Duration handlerTimeout) {
        this(workerName, handlers, selfRenewing, handlerTimeout, true);
    }

    /** A worker without a time limit of its own. */
    public SessionRequest(String workerName, List<HandlerKey> handlers, boolean selfRenewing) {
        this(workerName, handlers, selfRenewing, null);
    }

    /**
     * The address of a handler: a callable in a namespace. {@link #ANY} in place of either stands for all, and only when written.
     */
    public record HandlerKey(String namespace, String callable) {
        public static final String ANY = "*";

        /** Whether steps with this address may go to a session that registered this key. */
        public boolean covers(String otherNamespace, String otherCallable) {
            return (namespace.equals(ANY) || namespace.equals(otherNamespace))
                    && (callable.equals(ANY) || callable.equals(otherCallable));
        }
    }
}
