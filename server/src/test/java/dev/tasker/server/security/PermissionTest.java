package dev.tasker.server.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The vocabulary. */
class PermissionTest {
    @Test
    void thereAreSeventeenOldNamesAndOurs() {
        assertThat(Arrays.stream(Permission.values()).map(Permission::text))
                .containsExactly(
                        "tasks:create",
                        "tasks:read",
                        "tasks:list",
                        "tasks:cancel",
                        "tasks:context_read",
                        "steps:read",
                        "steps:resolve",
                        "dlq:read",
                        "dlq:update",
                        "dlq:stats",
                        "templates:read",
                        "templates:validate",
                        "system:config_read",
                        "system:handlers_read",
                        "system:analytics_read",
                        "worker:config_read",
                        "worker:templates_read",
                        "tasks:control",
                        "templates:write",
                        "worker:connect",
                        "worker:read",
                        "worker:manage",
                        "system:queues_read");
    }

    @ParameterizedTest
    @EnumSource
    void eachIsGrantedByItsNameAndByTheWildcardOfItsResource(Permission permission) {
        assertThat(Permission.grantedBy(permission.text())).containsExactly(permission);
        assertThat(Permission.grantedBy(permission.wildcard())).contains(permission);
    }

    @Test
    void wildcardsGrantTheirResourceOnly() {
        Set<String> wildcards =
                Arrays.stream(Permission.values()).map(Permission::wildcard).collect(Collectors.toSet());
        assertThat(wildcards)
                .containsExactlyInAnyOrder("tasks:*", "steps:*", "dlq:*", "templates:*", "system:*", "worker:*");
        assertThat(Permission.grantedBy("dlq:*"))
                .containsExactlyInAnyOrder(Permission.DLQ_READ, Permission.DLQ_UPDATE, Permission.DLQ_STATS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"*", "*:*", "tasks", "tasks:", "tasks:delete", "TASKS:READ", " tasks:read", "other:*", ""})
    void everythingElseIsUnknown(String word) {
        assertThat(Permission.grantedBy(word)).isEmpty();
    }
}
