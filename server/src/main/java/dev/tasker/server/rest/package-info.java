/** The REST interface (03 §1): translates between HTTP and the engine, and decides nothing. */
@NullMarked
package dev.tasker.server.rest;

import org.jspecify.annotations.NullMarked;
