package dev.tasker.engine;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Something that does not agree when it is recounted.
 *
 * @param task it concerns; null for what a session left behind, and for totals
 * @param step index of the step in its task; null when it concerns the whole task
 * @param session it concerns; null for everything else
 * @param expected what the other rows say
 * @param found what stands there
 * @param repaired whether it is gone
 */
public record AuditFinding(
        AuditCode code,
        @Nullable UUID task,
        @Nullable Integer step,
        @Nullable Integer session,
        String expected,
        String found,
        boolean repaired) {}
