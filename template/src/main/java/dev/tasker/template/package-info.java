/** Workflow templates: the YAML grammar, its validation, and the immutable plan a template version is compiled to. */
@NullMarked
package dev.tasker.template;

import org.jspecify.annotations.NullMarked;
