package dev.tasker.worker.event;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Publishers by the name that templates use. A name without a publisher means the default one, which the server is; asking for it is no
 * error (09 K6). Thread-safe.
 */
public final class PublisherRegistry {
    /** The name of the default publisher, whose payloads the server makes. */
    public static final String DEFAULT = "default";

    private final ConcurrentMap<String, EventPublisher> publishers = new ConcurrentHashMap<>();

    /** Adds a publisher; another one of its name gives way. */
    public void register(EventPublisher publisher) {
        if (publisher.name().equals(DEFAULT)) {
            throw new IllegalArgumentException(
                    "publisher: 'default' (expected: another name, this one is the server's)");
        }
        publishers.put(publisher.name(), publisher);
    }

    public void unregister(String name) {
        publishers.remove(name);
    }

    public Optional<EventPublisher> get(String name) {
        return Optional.ofNullable(publishers.get(name));
    }

    /** The publisher, which must be registered. */
    public EventPublisher getStrict(String name) {
        return get(name)
                .orElseThrow(() -> new IllegalArgumentException(
                        "publisher: '" + name + "' (expected: one of " + registeredNames() + ")"));
    }

    public boolean contains(String name) {
        return publishers.containsKey(name);
    }

    public Set<String> registeredNames() {
        return new TreeSet<>(publishers.keySet());
    }

    /** Those of {@code names} that are not registered, but for the default one. */
    public List<String> validateRequiredPublishers(Collection<String> names) {
        return names.stream()
                .distinct()
                .filter(name -> !name.equals(DEFAULT) && !contains(name))
                .toList();
    }
}
