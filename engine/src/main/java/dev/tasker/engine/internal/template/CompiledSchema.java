package dev.tasker.engine.internal.template;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaException;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import com.networknt.schema.resource.SchemaLoader;
import dev.tasker.engine.ContextFault;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A schema of payloads, compiled once: draft-07 unless it names another. {@code format} is a remark, not a rule. Other documents are never
 * loaded; a schema that cannot be compiled takes no payload. Thread-safe.
 */
public final class CompiledSchema {
    private static final SchemaRegistryConfig CONFIG =
            SchemaRegistryConfig.builder().formatAssertionsEnabled(false).build();

    private final @Nullable Schema schema;
    private final String fault;

    private CompiledSchema(@Nullable Schema schema, String fault) {
        this.schema = schema;
        this.fault = fault;
    }

    public static CompiledSchema compile(JsonNode document) {
        SchemaRegistry registry = SchemaRegistry.withDefaultDialect(
                SpecificationVersion.DRAFT_7,
                builder -> builder.schemaLoader((SchemaLoader.Builder loader) -> loader.block(_ -> true))
                        .schemaRegistryConfig(CONFIG));
        try {
            Schema schema = registry.getSchema(document);
            schema.initializeValidators();
            return new CompiledSchema(schema, "");
        } catch (SchemaException | IllegalArgumentException e) {
            return new CompiledSchema(null, "the schema cannot be compiled: " + e.getMessage());
        }
    }

    /** What is wrong with the payload in short, null when it keeps to the schema. */
    public @Nullable String violation(JsonNode payload) {
        if (schema == null) {
            return fault;
        }
        List<Error> errors = schema.validate(payload);
        return errors.isEmpty() ? null : errors.getFirst().toString() + (errors.size() == 1 ? "" : " and more");
    }

    /** Everything that is wrong with the payload; nothing when it keeps to the schema. */
    List<ContextFault> faults(JsonNode payload) {
        if (schema == null) {
            return List.of(new ContextFault("", "input_schema", fault));
        }
        return schema.validate(payload).stream()
                .map(error -> new ContextFault(
                        error.getInstanceLocation().toString(), error.getKeyword(), error.getMessage()))
                .toList();
    }
}
