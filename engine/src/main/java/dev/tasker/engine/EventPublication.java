package dev.tasker.engine;

import java.util.UUID;

/**
 * What became of a {@link HandlerEvent}.
 *
 * @param status {@link Completion#ACCEPTED}: published; {@link Completion#DUPLICATE}: it was before; {@link Completion#STALE_LEASE}: the
 *     lease had ended; {@link Completion#INVALID}: it can never be published
 * @param reason why it is invalid, else empty
 */
public record EventPublication(UUID eventId, Completion status, String reason) {}
