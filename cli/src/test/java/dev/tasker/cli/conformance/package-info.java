/** The conformance workflows from end to end: created over REST, executed by a worker, read over REST (spec 09). */
@NullMarked
package dev.tasker.cli.conformance;

import org.jspecify.annotations.NullMarked;
