package dev.tasker.cli.conformance;

import dev.tasker.examples.ConformanceHandlers;
import dev.tasker.server.TaskerServer;
import dev.tasker.server.config.BindAddress;
import dev.tasker.server.config.Environment;
import dev.tasker.server.config.ServerConfig;
import dev.tasker.worker.HandlerRegistry;
import dev.tasker.worker.WorkSource;
import dev.tasker.worker.WorkerConfig;
import dev.tasker.worker.WorkerRuntime;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** A server on a PostgreSQL of its own, with the native templates, and one worker with their handlers. */
record ConformanceStack(TaskerServer server, WorkSource source, WorkerRuntime worker, TaskApi api)
        implements AutoCloseable {

    static ConformanceStack start(Path folder, Transport transport, String... files) throws IOException {
        Map<String, String> templates = new LinkedHashMap<>();
        for (String file : files) {
            templates.put(file, ConformanceTemplates.yaml(file));
        }
        return start(folder, transport, templates, ConformanceHandlers.registry());
    }

    /**
     * With templates and handlers of one's own.
     *
     * @param templates YAML by the name of its file
     */
    static ConformanceStack start(
            Path folder, Transport transport, Map<String, String> templates, HandlerRegistry handlers) {
        ServerConfig config = ServerConfig.defaults(Environment.TEST)
                .withEmbeddedDatabase(folder, false)
                .withAddresses(BindAddress.loopback(0), BindAddress.loopback(0));
        TaskerServer server = TaskerServer.start(config);
        try {
            templates.forEach(server::register);
            WorkSource source = transport.workOf(server);
            WorkerRuntime worker = WorkerRuntime.start(source, handlers, WorkerConfig.defaults());
            return new ConformanceStack(
                    server, source, worker, new TaskApi(server.restUrl().orElseThrow()));
        } catch (RuntimeException e) {
            server.close();
            throw e;
        }
    }

    @Override
    public void close() {
        api.close();
        worker.close();
        source.close();
        server.close();
    }
}
