/** Recounts a live database in small pieces: at once for a person, a little at a time in the background; mends what leaves no doubt. */
@NullMarked
package dev.tasker.engine.internal.audit;

import org.jspecify.annotations.NullMarked;
