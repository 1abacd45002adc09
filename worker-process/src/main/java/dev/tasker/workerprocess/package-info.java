/** A worker as a process of its own: start and stop, and the REST listener with its probes, metrics and templates (spec 04 §1, §8). */
@NullMarked
package dev.tasker.workerprocess;

import org.jspecify.annotations.NullMarked;
