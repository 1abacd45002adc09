/** Reading of typed values, for the worker's own packages. */
@NullMarked
package dev.tasker.worker.internal;

import org.jspecify.annotations.NullMarked;
