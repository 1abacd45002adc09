/**
 * Tests of workflows: a template runs with its real handlers against a real engine and PostgreSQL in the JVM of the test, and time passes
 * when nothing else is left to do. Begin at {@link dev.tasker.junit.Workflows}.
 */
@NullMarked
package dev.tasker.junit;

import org.jspecify.annotations.NullMarked;
