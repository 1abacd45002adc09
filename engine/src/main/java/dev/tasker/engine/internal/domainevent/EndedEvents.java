package dev.tasker.engine.internal.domainevent;

import dev.tasker.engine.internal.domainevent.OutcomeReader.Stored;
import dev.tasker.engine.internal.step.StepKey;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Writes the events of attempts that the engine itself ended, such as those of an expired lease: in the transaction that ended them, after
 * the call that did. One read, and one statement more where a template declares events.
 */
public final class EndedEvents {
    private static final String KEEP = "SELECT number FROM tasker.keep_domain_events(?, ?, ?, ?, ?, ?, ?)";

    private final OutcomeReader reader;
    private final EventMaker maker;
    private final PublishedEvents published;

    public EndedEvents(OutcomeReader reader, EventMaker maker, PublishedEvents published) {
        this.reader = reader;
        this.maker = maker;
        this.published = published;
    }

    /** Keeps the events of {@code steps}; those returned are to be {@link #committed} once the transaction is. */
    public List<EventCandidate> keep(Connection connection, Collection<StepKey> steps) throws SQLException {
        List<EventCandidate> candidates = new ArrayList<>();
        List<StepKey> keys = new ArrayList<>();
        for (Stored stored : reader.read(connection, steps)) {
            String document = stored.result();
            if (document == null) {
                continue;
            }
            for (EventCandidate candidate : maker.ofEnded(stored.outcome(), document, stored.state())) {
                candidates.add(candidate);
                keys.add(stored.outcome().step());
            }
        }
        if (candidates.isEmpty()) {
            return List.of();
        }
        List<EventCandidate> kept = new ArrayList<>(candidates.size());
        try (PreparedStatement call = connection.prepareStatement(KEEP)) {
            EventArrays.bind(call, 1, keys, candidates);
            ResultSet rows = call.executeQuery();
            while (rows.next()) {
                kept.add(candidates.get(rows.getInt(1) - 1));
            }
        }
        return kept;
    }

    /** Tells of events that are committed. */
    public void committed(List<EventCandidate> events) {
        events.forEach(published::published);
    }
}
