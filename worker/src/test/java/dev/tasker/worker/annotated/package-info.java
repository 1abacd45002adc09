/** Tests of the package. */
@NullMarked
package dev.tasker.worker.annotated;

import org.jspecify.annotations.NullMarked;
