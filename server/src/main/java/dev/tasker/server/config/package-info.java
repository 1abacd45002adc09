/** The server's configuration: one immutable record per component, filled from a TOML file and the environment. */
@NullMarked
package dev.tasker.server.config;

import org.jspecify.annotations.NullMarked;
