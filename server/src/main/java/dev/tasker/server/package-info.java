/** A server process: wires database, engine and listeners together, starts them in order and stops them in reverse. */
@NullMarked
package dev.tasker.server;

import org.jspecify.annotations.NullMarked;
