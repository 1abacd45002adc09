package dev.tasker.template;

/** One check of a template that has been read without errors (spec 06 §13.5). */
@FunctionalInterface
interface Rule {
    void check(TaskTemplate template, RuleReport report);
}
