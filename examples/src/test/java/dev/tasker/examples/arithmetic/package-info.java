/** Tests of the example handlers. */
@NullMarked
package dev.tasker.examples.arithmetic;

import org.jspecify.annotations.NullMarked;
