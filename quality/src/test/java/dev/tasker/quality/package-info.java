/** The rules of STYLE that a machine can hold, and the coverage every module has to reach. */
@NullMarked
package dev.tasker.quality;

import org.jspecify.annotations.NullMarked;
