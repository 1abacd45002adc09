/** Traces: W3C trace context from requests through tasks to steps (03 §4.5, §4.7). */
@NullMarked
package dev.tasker.server.telemetry;

import org.jspecify.annotations.NullMarked;
