@NullMarked
package dev.tasker.worker.batch;

import org.jspecify.annotations.NullMarked;
