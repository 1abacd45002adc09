package dev.tasker.template;

import java.util.List;

/** Runs the rules of spec 06 §13.5 over a template. A rule is one method; a new one joins by its line in the list. */
final class TemplateValidator {
    private static final List<Rule> RULES = List.of(
            IdentityRules::name,
            IdentityRules::namespace,
            IdentityRules::version,
            IdentityRules::stepNames,
            GraphRules::anySteps,
            GraphRules::duplicateStepNames,
            GraphRules::selfDependencies,
            GraphRules::missingDependencies,
            GraphRules::repeatedDependencies,
            GraphRules::cycles,
            GraphRules::decisionsWithoutDependency,
            PolicyRules::blankCallables,
            PolicyRules::retryRanges,
            PolicyRules::retryContradictions,
            PolicyRules::timeoutRanges,
            PolicyRules::lifecycleRanges,
            PolicyRules::batchRanges,
            EnvironmentRules::unknownSteps,
            EnvironmentRules::blankCallables,
            EnvironmentRules::ranges);

    private TemplateValidator() {}

    /** Checks what an author wrote. */
    static void validate(TaskTemplate template, SourceMap sources, Findings findings) {
        RuleReport report = new RuleReport(template.isStrict(), sources, findings);
        RULES.forEach(rule -> rule.check(template, report));
    }

    /** Checks that a template built or overlaid by a program can run; matters of style are no errors here. */
    static void validateRunnable(TaskTemplate template, Findings findings) {
        RuleReport report = new RuleReport(false, new SourceMap(), findings);
        RULES.forEach(rule -> rule.check(template, report));
    }
}
