package dev.tasker.server.transport;

import dev.tasker.worker.WorkSource;
import dev.tasker.worker.remote.HttpWorkSource;
import dev.tasker.worker.remote.HttpWorkSourceConfig;
import java.net.URI;

class HttpSourceTest extends WorkSourceContract {
    @Override
    WorkSource sourceOf(Stack server) {
        return new HttpWorkSource(URI.create("http://127.0.0.1:" + server.restPort()), HttpWorkSourceConfig.DEFAULT);
    }
}
