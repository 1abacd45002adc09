/** Connections and statements: what the rest of the engine knows of JDBC. */
@NullMarked
package dev.tasker.engine.internal.sql;

import org.jspecify.annotations.NullMarked;
