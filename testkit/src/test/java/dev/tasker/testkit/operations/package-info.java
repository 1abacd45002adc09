/** What operators do: migrate, give each role what it needs, put a proxy in between. */
@NullMarked
package dev.tasker.testkit.operations;

import org.jspecify.annotations.NullMarked;
