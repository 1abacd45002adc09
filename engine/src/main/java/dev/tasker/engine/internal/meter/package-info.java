/** What the hot path counts. */
@NullMarked
package dev.tasker.engine.internal.meter;

import org.jspecify.annotations.NullMarked;
