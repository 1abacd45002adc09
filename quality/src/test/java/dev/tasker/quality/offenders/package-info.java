/** Classes that break one rule each. The rules are tried on them, so that a rule which sees nothing is found out. */
@NullMarked
package dev.tasker.quality.offenders;

import org.jspecify.annotations.NullMarked;
