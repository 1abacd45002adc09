package dev.tasker.client;

import org.jspecify.annotations.Nullable;

/** Registered templates (03 §1.7, §6.2). Thread-safe; get one from {@link TaskerClient#templates()}. */
public interface Templates {
    /** Every version of every template, or of those in a namespace. */
    TemplateList list(@Nullable String namespace) throws InterruptedException;

    Template get(String namespace, String name, String version) throws InterruptedException;

    /**
     * Registers a template; the same one again changes nothing, and so the call is repeated when its answer is lost. <i>REST only.</i>
     *
     * @throws TaskerException.Validation when it cannot be used
     * @throws TaskerException.Conflict when another one has this name and version
     */
    TemplateRegistration register(String yaml) throws InterruptedException;

    /** What the server would say of a template; changes nothing. <i>REST only.</i> */
    TemplateValidation validate(String yaml) throws InterruptedException;
}
