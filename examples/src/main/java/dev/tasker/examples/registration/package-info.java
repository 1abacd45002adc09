/** The registration of a user with four services. */
@NullMarked
package dev.tasker.examples.registration;

import org.jspecify.annotations.NullMarked;
