/**
 * Who calls, and what they may do: credentials become a {@link dev.tasker.server.security.Principal}; and TLS of the listeners. One
 * {@link dev.tasker.server.security.Authenticator} per process serves all of them.
 */
@NullMarked
package dev.tasker.server.security;

import org.jspecify.annotations.NullMarked;
