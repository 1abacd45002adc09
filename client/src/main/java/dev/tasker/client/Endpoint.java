package dev.tasker.client;

import java.net.URI;

/** What a client can speak with, and what profiles and the environment call it (07 §2.2, §2.4). */
enum Endpoint {
    /** A server. */
    ORCHESTRATION("orchestration", "TASKER_ORCHESTRATION_", "http://localhost:8080", "http://localhost:9190"),

    /** A worker process. */
    WORKER("worker", "TASKER_WORKER_", "http://localhost:8081", "http://localhost:9191");

    private final String table;
    private final String variables;
    private final String rest;
    private final String grpc;

    Endpoint(String table, String variables, String rest, String grpc) {
        this.table = table;
        this.variables = variables;
        this.rest = rest;
        this.grpc = grpc;
    }

    String key(String name) {
        return table + "." + name;
    }

    String variable(String name) {
        return variables + name;
    }

    /** Where it is unless somebody says otherwise. */
    URI standard(Transport transport) {
        return URI.create(
                switch (transport) {
                    case REST -> rest;
                    case GRPC -> grpc;
                });
    }
}
