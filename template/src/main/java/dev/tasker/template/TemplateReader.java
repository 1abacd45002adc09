package dev.tasker.template;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Turns a document into a {@link TaskTemplate} (spec 06 §3 to §7). Reports into the findings it was given. */
final class TemplateReader {
    private static final int FORMAT = 1;

    private final MappingReader root;

    private TemplateReader(MappingReader root) {
        this.root = root;
    }

    /** Whether the document says which format it has, and with that asks for strict rules (spec 06 §13.5). */
    static boolean statesFormat(Located.Mapping document) {
        Located.Member format = document.members().get("template_format");
        return format != null
                && !(format.value() instanceof Located.Scalar scalar
                        && scalar.value().isNull());
    }

    static TaskTemplate read(Located.Mapping document, Findings findings, boolean strict) {
        return new TemplateReader(new MappingReader(document, findings, strict)).template();
    }

    private TaskTemplate template() {
        Integer format = format();
        String name = root.requiredText("name");
        String namespace =
                root.requiredText(root.usesOldName("namespace", "namespace_name") ? "namespace" : "namespace_name");
        String version = root.requiredText("version");
        List<DomainEventDefinition> domainEvents = domainEvents();
        StepReader stepReader = new StepReader(domainEvents);
        TaskTemplate template = new TaskTemplate(
                format,
                name,
                namespace,
                version,
                root.text("description"),
                metadata(),
                systemDependencies(),
                domainEvents,
                root.json("input_schema"),
                inputValidation(format),
                identityStrategy(),
                lifecycle(),
                root.forNewKeys().jsonObjectOrEmpty("default_context"),
                root.forNewKeys().jsonObjectOrEmpty("default_options"),
                root.mappings("steps").stream().map(stepReader::step).toList(),
                EnvironmentReader.environments(root));
        root.ignoresOldKey("task_handler", "only steps have handlers", Severity.INFO);
        root.finish();
        return template;
    }

    private @Nullable Integer format() {
        Located value = root.take("template_format");
        if (value == null) {
            return null;
        }
        Integer format = root.whole("template_format");
        if (format != null && format != FORMAT) {
            root.mismatch("template_format", value, Integer.toString(FORMAT));
        }
        return format;
    }

    private @Nullable TemplateMetadata metadata() {
        MappingReader reader = root.mapping("metadata");
        if (reader == null) {
            return null;
        }
        return new TemplateMetadata(
                reader.text("author"),
                reader.texts("tags"),
                reader.text("documentation_url"),
                reader.instant("created_at"),
                reader.instant("updated_at"),
                reader.forNewKeys().text("notes"),
                reader.others());
    }

    private SystemDependencies systemDependencies() {
        MappingReader reader = root.mapping("system_dependencies");
        if (reader == null) {
            return SystemDependencies.DEFAULT;
        }
        String primary = reader.text("primary");
        List<String> secondary = reader.texts("secondary");
        reader.finish();
        return new SystemDependencies(primary == null ? SystemDependencies.DEFAULT.primary() : primary, secondary);
    }

    private List<DomainEventDefinition> domainEvents() {
        return root.mappings("domain_events").stream()
                .map(reader -> {
                    DomainEventDefinition event = new DomainEventDefinition(
                            reader.requiredText("name"), reader.text("description"), reader.json("schema"));
                    reader.finish();
                    return event;
                })
                .toList();
    }

    private InputValidation inputValidation(@Nullable Integer format) {
        InputValidation otherwise = format == null ? InputValidation.OFF : InputValidation.ENFORCE;
        return root.forNewKeys().keyword("input_validation", InputValidation.class, otherwise);
    }

    private IdentityStrategy identityStrategy() {
        MappingReader reader = root.forNewKeys();
        Located value = reader.take("identity_strategy");
        String text = reader.text("identity_strategy");
        if (value == null || text == null) {
            return IdentityStrategy.STRICT;
        }
        return IdentityStrategy.parse(text).orElseGet(() -> {
            reader.mismatch("identity_strategy", value, "one of strict, caller_provided, always_unique");
            return IdentityStrategy.STRICT;
        });
    }

    private @Nullable LifecyclePolicy lifecycle() {
        MappingReader reader = root.mapping("lifecycle");
        if (reader == null) {
            return null;
        }
        LifecyclePolicy stated = lifecycle(reader);
        LifecyclePolicy start = new LifecyclePolicy(null, null, null, null, StalenessAction.DLQ, null, null);
        return start.overlaidWith(stated);
    }

    /** The stated keys of a lifecycle block, of the template or of an environment. */
    static LifecyclePolicy lifecycle(MappingReader reader) {
        LifecyclePolicy lifecycle = new LifecyclePolicy(
                reader.signed("max_waiting_for_dependencies_minutes"),
                reader.signed("max_waiting_for_retry_minutes"),
                reader.signed("max_steps_in_process_minutes"),
                reader.signed("max_duration_minutes"),
                reader.forNewKeys().keyword("staleness_action", StalenessAction.class),
                reader.flag("auto_fail_on_timeout"),
                reader.flag("auto_dlq_on_timeout"));
        reader.finish();
        return lifecycle;
    }
}
