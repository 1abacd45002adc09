package dev.tasker.engine.internal.domainevent;

import dev.tasker.engine.StepState;
import dev.tasker.engine.internal.sql.SqlArrays;
import dev.tasker.engine.internal.step.StepKey;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;

/** Events as the parameters p_event_* of the calls that publish them. */
public final class EventArrays {
    private static final int ANY_STATE = -1;

    private EventArrays() {}

    /** Binds seven parameters from {@code first} on; {@code steps} are those of the candidates, one by one. */
    public static void bind(PreparedStatement call, int first, List<StepKey> steps, List<EventCandidate> candidates)
            throws SQLException {
        SqlArrays.setUuids(call, first, steps.stream().map(StepKey::task).toList());
        SqlArrays.setInts(
                call, first + 1, steps.stream().mapToInt(StepKey::index).toArray());
        SqlArrays.setInts(
                call,
                first + 2,
                candidates.stream()
                        .mapToInt(candidate -> {
                            StepState needed = candidate.needed();
                            return needed == null ? ANY_STATE : needed.ordinal();
                        })
                        .toArray(),
                ANY_STATE);
        SqlArrays.setUuids(
                call,
                first + 3,
                candidates.stream()
                        .map(candidate -> candidate.event().eventId())
                        .toList());
        SqlArrays.setTexts(
                call,
                first + 4,
                candidates.stream()
                        .map(candidate -> candidate.event().namespace())
                        .toList());
        SqlArrays.setTexts(
                call,
                first + 5,
                candidates.stream()
                        .map(candidate -> candidate.event().eventName())
                        .toList());
        SqlArrays.setTexts(
                call, first + 6, candidates.stream().map(EventCandidate::kept).toList());
    }
}
