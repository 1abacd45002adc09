package dev.tasker.client;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a worker serves. */
public record WorkerTemplateList(
        List<String> supportedNamespaces,
        long templateCount,
        @Nullable Statistics cacheStats,
        List<String> workerCapabilities) {

    /** How often its templates are read. */
    public record Statistics(
            long totalCached,
            long cacheHits,
            long cacheMisses,
            long cacheEvictions,
            long oldestEntryAgeSeconds,
            double averageAccessCount,
            List<String> supportedNamespaces) {}
}
