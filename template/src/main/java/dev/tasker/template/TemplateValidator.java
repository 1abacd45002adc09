package dev.tasker.template;

import java.util.List;

/** Runs the rules of spec 06 §13.5 over a template. A rule is one method; a new one joins by its line in the list. */
final class TemplateValidator {
    static final List<Rule> RULES = List.of(
            IdentityRules::name,
            IdentityRules::namespace,
            IdentityRules::version,
            IdentityRules::description,
            IdentityRules::stepNames,
            GraphRules::anySteps,
            GraphRules::duplicateStepNames,
            GraphRules::selfDependencies,
            GraphRules::missingDependencies,
            GraphRules::repeatedDependencies,
            GraphRules::cycles,
            GraphRules::orphans,
            DynamicRules::decisionsWithoutDependency,
            DynamicRules::decisionsWithoutChildren,
            DynamicRules::convergencesWithoutDynamicParent,
            DynamicRules::workerTemplates,
            DynamicRules::batchWorkersWithoutConfig,
            DynamicRules::unreferencedBatchWorkers,
            DynamicRules::longInstanceNames,
            PolicyRules::callables,
            PolicyRules::retryRanges,
            PolicyRules::retryContradictions,
            PolicyRules::timeoutRanges,
            PolicyRules::lifecycleRanges,
            PolicyRules::batchRanges,
            PolicyRules::keysWithoutEffect,
            EventRules::names,
            EventRules::publishers,
            EventRules::duplicates,
            EventRules::schemas,
            SchemaRules::inputSchema,
            SchemaRules::resultSchemas,
            SchemaRules::resultsThatAreNoObjects,
            SchemaRules::missingResultSchemas,
            CompositionRules::compositions,
            CompositionRules::callables,
            EnvironmentRules::unknownSteps,
            EnvironmentRules::callables,
            EnvironmentRules::ranges);

    private TemplateValidator() {}

    /** Checks what an author wrote. */
    static void validate(
            TaskTemplate template, SourceMap sources, boolean strict, TemplateCheck check, Findings findings) {
        RuleReport report = new RuleReport(strict, sources, findings);
        RULES.forEach(rule -> rule.check(template, report));
        TemplateCheck.HandlerLookup handlers = check.handlers();
        if (handlers != null) {
            unresolvedHandlers(template, handlers, check.unresolved(), report);
        }
    }

    /** Checks that a template built or overlaid by a program can run; matters of style are no errors here. */
    static void validateRunnable(TaskTemplate template, Findings findings) {
        RuleReport report = new RuleReport(false, new SourceMap(), findings);
        RULES.forEach(rule -> rule.check(template, report));
    }

    private static void unresolvedHandlers(
            TaskTemplate template, TemplateCheck.HandlerLookup handlers, Severity severity, RuleReport report) {
        List<StepDefinition> steps = template.steps();
        for (int i = 0; i < steps.size(); i++) {
            StepDefinition step = steps.get(i);
            String callable = step.handler().callable();
            if (!handlers.knows(template.namespace(), callable)) {
                String message = "callable: " + Quoted.of(callable)
                        + " has no handler (expected: the name of a registered handler)";
                report.add("HANDLER_UNRESOLVED", severity, step.name(), message, "steps", i, "handler", "callable");
            }
        }
    }
}
