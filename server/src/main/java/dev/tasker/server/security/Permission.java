package dev.tasker.server.security;

import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/** The vocabulary of 03 §3.5. The first seventeen are those that existing tokens may carry. */
public enum Permission {
    TASKS_CREATE("tasks:create"),
    TASKS_READ("tasks:read"),
    TASKS_LIST("tasks:list"),
    TASKS_CANCEL("tasks:cancel"),
    TASKS_CONTEXT_READ("tasks:context_read"),
    STEPS_READ("steps:read"),
    STEPS_RESOLVE("steps:resolve"),
    DLQ_READ("dlq:read"),
    DLQ_UPDATE("dlq:update"),
    DLQ_STATS("dlq:stats"),
    TEMPLATES_READ("templates:read"),
    TEMPLATES_VALIDATE("templates:validate"),
    SYSTEM_CONFIG_READ("system:config_read"),
    SYSTEM_HANDLERS_READ("system:handlers_read"),
    SYSTEM_ANALYTICS_READ("system:analytics_read"),
    WORKER_CONFIG_READ("worker:config_read"),
    WORKER_TEMPLATES_READ("worker:templates_read"),

    TASKS_CONTROL("tasks:control"),
    TEMPLATES_WRITE("templates:write"),
    WORKER_CONNECT("worker:connect"),
    WORKER_READ("worker:read"),
    WORKER_MANAGE("worker:manage"),
    SYSTEM_QUEUES_READ("system:queues_read");

    private final String text;

    Permission(String text) {
        this.text = text;
    }

    /** As credentials spell it. */
    public String text() {
        return text;
    }

    /** What a word in a credential grants: one permission, all of a resource ({@code tasks:*}), or nothing when nobody knows the word. */
    public static Set<Permission> grantedBy(String word) {
        Set<Permission> granted = EnumSet.noneOf(Permission.class);
        Arrays.stream(values())
                .filter(permission -> word.equals(permission.text) || word.equals(permission.wildcard()))
                .forEach(granted::add);
        return Collections.unmodifiableSet(granted);
    }

    /** The word for all permissions of the same resource. */
    public String wildcard() {
        return text.substring(0, text.indexOf(':')) + ":*";
    }
}
