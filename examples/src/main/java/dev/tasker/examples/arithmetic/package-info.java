/** Squares and products of an even number along a line, a diamond, a tree and a mixed graph. */
@NullMarked
package dev.tasker.examples.arithmetic;

import org.jspecify.annotations.NullMarked;
