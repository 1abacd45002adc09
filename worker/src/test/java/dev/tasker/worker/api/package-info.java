/** Tests of the package. */
@NullMarked
package dev.tasker.worker.api;

import org.jspecify.annotations.NullMarked;
