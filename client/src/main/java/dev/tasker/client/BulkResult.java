package dev.tasker.client;

import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * What became of many tasks.
 *
 * @param dryRun whether nothing was done, only said with which tasks it would be tried
 * @param failed why, task by task
 * @param hasMore whether the query admits further tasks: call again
 */
public record BulkResult(boolean dryRun, List<UUID> successful, Map<UUID, String> failed, boolean hasMore) {}
