package dev.tasker.server.gateway;

import dev.tasker.engine.Checkpoint;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** Reads checkpoints off the wire; cursor and results stay the text they are, once they are known to be JSON. */
final class CheckpointReader {
    private final JsonFactory json = new JsonFactory();

    Checkpoint read(dev.tasker.protocol.worker.v1.Checkpoint message) throws InvalidResultException {
        if (message.getItemsProcessed() < 0) {
            throw new InvalidResultException("items_processed: " + message.getItemsProcessed() + " (expected: >= 0)");
        }
        int bytes = message.getCursorJsonBytes().size()
                + message.getAccumulatedResultsJsonBytes().size();
        if (bytes > ResultReader.DOCUMENT_BYTES_MAX) {
            throw new InvalidResultException("cursor_json and accumulated_results_json: " + bytes
                    + " bytes (expected: <= " + ResultReader.DOCUMENT_BYTES_MAX + ")");
        }
        requireJson("cursor_json", message.getCursorJson());
        if (message.hasAccumulatedResultsJson()) {
            requireJson("accumulated_results_json", message.getAccumulatedResultsJson());
        }
        return new Checkpoint(
                message.getCursorJson(),
                message.getItemsProcessed(),
                message.hasAccumulatedResultsJson() ? message.getAccumulatedResultsJson() : null,
                !message.getKeepRunning());
    }

    private void requireJson(String field, String text) throws InvalidResultException {
        try (JsonParser parser = json.createParser(ObjectReadContext.empty(), text)) {
            if (parser.nextToken() == null) {
                throw new InvalidResultException(field + ": empty (expected: a JSON value)");
            }
            parser.skipChildren();
            if (parser.nextToken() != null) {
                throw new InvalidResultException(field + ": more follows after the JSON value");
            }
        } catch (JacksonException e) {
            throw new InvalidResultException(field + ": not JSON: " + e.getOriginalMessage());
        }
    }
}
