/** How the node is doing, for probes and metrics. */
@NullMarked
package dev.tasker.server.health;

import org.jspecify.annotations.NullMarked;
