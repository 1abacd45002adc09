/** A PostgreSQL server of our own, unpacked, initialised, started and stopped by the JVM that needs it. */
@NullMarked
package dev.tasker.postgres;

import org.jspecify.annotations.NullMarked;
