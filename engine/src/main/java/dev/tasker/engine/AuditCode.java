package dev.tasker.engine;

import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What the auditor can find. {@code docs/guides/doctor.md} tells of each what it means, how it can come about and what a repair does.
 */
public enum AuditCode {
    TASK_COUNTERS("counted again"),
    TASK_STATE("evaluated again", "the task has ended; ask whoever waits for it before a step is reset"),
    NOTHING_NEXT("started again, by what else was mended", "cancel the task, or resolve the step that holds it up"),
    PENDING_PARENTS(
            "counted again", "an edge may be missing: compare with the template; cancel the task and create it anew"),
    BATCH_SLOTS("slots opened", "more slots were given away than ended: nothing is held up"),
    NO_BATCH(null, "instances will not start: cancel the task and create it anew"),
    STRAY_BATCH("removed"),
    WITHHELD_STEP("enqueued", "its parents are in doubt: resolve it when they are known to be done"),
    UNMET_PARENTS(null, "it started before its parents: check its result"),
    STEP_STATE(null, "no call leaves a step there: complete or resolve it by hand"),
    UNFINISHED_STEP("cancelled"),
    CANCELLED_STEP(null, "nothing starts it again: cancel the task, or complete the step by hand"),
    NOT_IN_QUEUE("queued"),
    WRONG_QUEUE("queued where it belongs"),
    STRAY_READY("removed"),
    NO_TIMER("timer set"),
    LOST_LEASE("lease given up, to be taken back by the next node"),
    LEASE_NOT_LOGGED("lease given up, to be taken back by the next node"),
    ENDLESS_LEASE("lease made to end unless its worker renews it"),
    CHECKPOINT(null, "reset the step with its checkpoint cleared"),
    ATTEMPTS_EXCEEDED(null, "its handler ran more often than allowed: check its effects"),
    NO_REASON(null, "an action of an operator cannot be explained any more"),
    STEP_HISTORY(null, "rows of history are missing or foreign: they are never invented"),
    TASK_HISTORY(null, "rows of history are missing or foreign: they are never invented"),
    ORPHAN(null, "rows of a task that does not exist: keep or remove them by hand"),
    NO_REQUEST(null, "its steps cannot be handed to workers: restore the row, or cancel the task"),
    NO_IDENTITY("entered", "another task owns its identity: the same request was accepted twice; cancel one of them"),
    ERROR_WITHOUT_REASON(null, "see its steps and its dead letters; reopen the task or repair a step"),
    DEAD_LETTER(null, "an entry of a task that does not exist: resolve it"),
    LIFETIME_PASSED(null, "sweeps will not find it: end the task, or enter it into the dead-letter queue by hand"),
    UNKNOWN_TEMPLATE(null, "its steps cannot be handed to workers: restore the template, or cancel the task"),
    UNKNOWN_QUEUE(null, "nobody can claim it: restore the queue, or cancel the task"),
    EVENT_WITHOUT_OUTCOME(null, "consumers heard of an outcome that is not recorded"),
    STRAY_TIMER("removed"),
    STRAY_LEASE_LOG("removed", "its steps must be mended first"),
    TORN_LEASE_LOG(null, "end the session: what it holds is then taken back"),
    STRAY_HANDLERS("removed"),
    IDENTITY_WITHOUT_TASK("removed"),
    STATE_TOTAL("counted again");

    private final @Nullable String repair;
    private final @Nullable String hint;

    AuditCode(String repair) {
        this(repair, null);
    }

    AuditCode(@Nullable String repair, @Nullable String hint) {
        this.repair = repair;
        this.hint = hint;
    }

    /** As people and programs see it, such as {@code not_in_queue}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What {@code --repair} did or can do; null: a person must. */
    public @Nullable String repair() {
        return repair;
    }

    /** What a person can do where a repair does not help; null: a repair does. */
    public @Nullable String hint() {
        return hint;
    }

    /** The code of that text. */
    public static AuditCode of(String text) {
        return Arrays.stream(values())
                .filter(code -> code.text().equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("code: " + text + " (expected: one of the auditor's)"));
    }
}
