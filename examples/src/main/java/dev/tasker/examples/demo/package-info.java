/** The order of a small tea shop: template, sample and handlers of {@code tasker demo}. */
@NullMarked
package dev.tasker.examples.demo;

import org.jspecify.annotations.NullMarked;
