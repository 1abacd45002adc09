/** Real PostgreSQL for tests: a migrated database per test class, a clock to shift, and the auditor after every test. */
@NullMarked
package dev.tasker.testkit;

import org.jspecify.annotations.NullMarked;
