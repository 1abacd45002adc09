/** Workers in the server's own JVM. */
@NullMarked
package dev.tasker.server.embedded;

import org.jspecify.annotations.NullMarked;
