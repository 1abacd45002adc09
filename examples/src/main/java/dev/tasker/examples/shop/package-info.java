/** A web shop's order, from cart to confirmation. */
@NullMarked
package dev.tasker.examples.shop;

import org.jspecify.annotations.NullMarked;
