/** Tests of the package. */
@NullMarked
package dev.tasker.worker.resolve;

import org.jspecify.annotations.NullMarked;
