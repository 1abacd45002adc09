package dev.tasker.engine.internal.domainevent;

import dev.tasker.engine.internal.template.CompiledSchema;
import dev.tasker.template.PublishedEvent;

/** An event that a step declares, with its schema compiled. */
record DeclaredEvent(PublishedEvent definition, CompiledSchema schema) {}
