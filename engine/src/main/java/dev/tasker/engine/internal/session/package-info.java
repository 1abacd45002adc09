/** Sessions of workers, their slots, leases and heartbeats. */
@NullMarked
package dev.tasker.engine.internal.session;

import org.jspecify.annotations.NullMarked;
