/** Domain events: made from results, kept in the outbox with them, told to subscribers of this process, read by consumers (04 §6). */
@NullMarked
package dev.tasker.engine.internal.domainevent;

import org.jspecify.annotations.NullMarked;
