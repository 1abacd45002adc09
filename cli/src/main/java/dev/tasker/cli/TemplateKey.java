package dev.tasker.cli;

import dev.tasker.client.TaskerClient;
import dev.tasker.client.Template;
import dev.tasker.template.TaskTemplate;
import dev.tasker.template.TemplateException;
import dev.tasker.template.TemplateParser;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** What a person calls a registered template: {@code NAMESPACE/NAME} or {@code NAMESPACE/NAME/VERSION}. */
record TemplateKey(String namespace, String name, String version) {
    private static final String FIRST_VERSION = "1.0.0";

    /** Empty for what is no such name. */
    static Optional<TemplateKey> parse(String text) {
        String[] parts = text.split("/", -1);
        return parts.length < 2 || parts.length > 3
                ? Optional.empty()
                : Optional.of(new TemplateKey(parts[0], parts[1], parts.length == 3 ? parts[2] : FIRST_VERSION));
    }

    static TemplateKey require(String text) {
        return parse(text)
                .orElseThrow(() -> new CommandException(
                        CommandException.USAGE,
                        text + ": not a template (expected: NAMESPACE/NAME or NAMESPACE/NAME/VERSION)",
                        null));
    }

    Template find(TaskerClient client) throws InterruptedException {
        return client.templates().get(namespace, name, version);
    }

    /** The document that the server runs. */
    JsonNode document(TaskerClient client) throws InterruptedException {
        JsonNode document = find(client).configuration();
        if (document == null) {
            throw new CommandException("The server does not tell the document of " + this + ".");
        }
        return document;
    }

    /** The same, read. */
    TaskTemplate read(TaskerClient client) throws InterruptedException {
        try {
            return TemplateParser.fromStored(document(client).toString());
        } catch (TemplateException e) {
            throw new CommandException(
                    "The server's document of " + this + " cannot be read here: " + e.getMessage(), e);
        }
    }

    @Override
    public String toString() {
        return namespace + "/" + name + "/" + version;
    }
}
