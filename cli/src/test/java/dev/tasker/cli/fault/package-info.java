/** What is left when processes die: SIGKILL and SIGSTOP of workers, servers and PostgreSQL, judged by the effects that handlers logged. */
@NullMarked
package dev.tasker.cli.fault;

import org.jspecify.annotations.NullMarked;
