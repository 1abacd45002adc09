package dev.tasker.server.transport;

import dev.tasker.worker.WorkSource;

class InProcessSourceTest extends WorkSourceContract {
    @Override
    WorkSource sourceOf(Stack server) {
        return server.inProcess();
    }
}
