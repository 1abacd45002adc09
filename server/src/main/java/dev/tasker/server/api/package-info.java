/**
 * What the public operations do, apart from the protocol they come by: words, defaults, bounds, which refusal. REST and gRPC parse into these
 * calls and render what comes back.
 */
@NullMarked
package dev.tasker.server.api;

import org.jspecify.annotations.NullMarked;
