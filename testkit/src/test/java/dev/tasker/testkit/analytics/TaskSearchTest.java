package dev.tasker.testkit.analytics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tasker.engine.Cancellation;
import dev.tasker.engine.EngineException;
import dev.tasker.engine.ErrorCode;
import dev.tasker.engine.TaskFilter;
import dev.tasker.engine.TaskPage;
import dev.tasker.engine.TaskRequest;
import dev.tasker.engine.TaskSearch;
import dev.tasker.engine.TaskSearch.At;
import dev.tasker.engine.TaskState;
import dev.tasker.engine.TaskView;
import dev.tasker.testkit.DatabaseExtension;
import dev.tasker.testkit.TemplateFixture;
import dev.tasker.testkit.TestDatabase;
import dev.tasker.testkit.TestNode;
import java.sql.Connection;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Looking for tasks by words and by what is in their context (03 §6.2). */
@ExtendWith(DatabaseExtension.class)
class TaskSearchTest {
    private static final String LIST = """
        SELECT cardinality(tasks), total, is_exact, next IS NOT NULL
        FROM   tasker.list_tasks(?, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, 5, ?, NULL, false, NULL, NULL, NULL, NULL,
                                 NULL, NULL, string_to_array(nullif(?, ''), ' '), string_to_array(nullif(?, ''), ' '),
                                 string_to_array(nullif(?, ''), ' '), ?)
        """;

    @Test
    void wordsAreFoundInWhatPeopleKnowATaskBy(TestDatabase database) {
        try (TestNode node = TestNode.open(database, Rollups.UNFOLDED)) {
            TemplateFixture template = node.template("monthly_report", "a");
            UUID correlation = UUID.randomUUID();
            UUID asked =
                    node.create(request(template, "{\"n\":1}", "[\"Région-Sud\", \"q4\\u0000\\ud800\"]", correlation));
            UUID other = node.create(request(template, "{\"n\":2}", null, UUID.randomUUID()));
            UUID keyed = node.create(request(template, "{\"n\":3}", "{\"q4\":true}", UUID.randomUUID()));

            for (String both :
                    List.of("monthly", "REPORT", "  report \t 1.0 ", "Dana", "nightly", "closing", node.namespace())) {
                assertThat(found(node, TaskSearch.words(both))).as(both).containsExactly(keyed, other, asked);
            }
            for (String one : List.of(
                    "région-sud",
                    "q4",
                    "report q4",
                    correlation.toString(),
                    asked.toString(),
                    digits(asked, 32),
                    digits(correlation, 8))) {
                assertThat(found(node, TaskSearch.words(one))).as(one).containsExactly(asked);
            }
            for (String none : List.of(
                    "weekly",
                    "report weekly",
                    digits(correlation, 7),
                    "\"",
                    "%",
                    "dana\nnightly' OR true --x",
                    UUID.randomUUID().toString(),
                    "--------")) {
                assertThat(found(node, TaskSearch.words(none))).as(none).isEmpty();
            }
            assertThat(found(node, TaskSearch.words(" "))).containsExactly(keyed, other, asked);
            node.engine().cancel(asked, Cancellation.UNEXPLAINED).join();
            assertThat(uuids(node.engine()
                            .tasks(
                                    TaskFilter.ALL
                                            .withStates(Set.of(TaskState.CANCELLED))
                                            .withSearch(TaskSearch.words(digits(asked, 32))),
                                    TaskPage.Request.first(9))))
                    .as("within the other filters")
                    .containsExactly(asked);
        }
    }

    @Test
    void valuesAreFoundAtTheirPathInTheContext(TestDatabase database) {
        try (TestNode node = TestNode.open(database, Rollups.UNFOLDED)) {
            TemplateFixture template = node.template("valued", "a");
            UUID task = node.create(template.request("""
                {"order": {"id": 17, "big": 12345678901234567890, "huge": 1e999999, "price": 1.50, "paid": true, "note": null, "code": "17",
                           "items": [{"sku": "x-1"}, {"sku": "é"}]},
                 "odd": "a\\u0000b\\ud800c\\ud83d\\ude00\\\\u0000", "": 1, "text": "null"}
                """));
            UUID other = node.create(template.request("{\"order\": {\"id\": \"18\"}, \"odd\": [\"abc\"]}"));

            for (String held : List.of(
                    "order.id=17",
                    "order.id=17.0",
                    "order.id=1.7e1",
                    "order.code=17",
                    "order.big=12345678901234567890",
                    "order.huge=1e999999",
                    "order.price=1.5",
                    "order.paid=true",
                    "order.note=null",
                    "text=null",
                    "order.items.1.sku=é",
                    "order.items.-1.sku=é",
                    "odd=abc😀\\u0000")) {
                assertThat(found(node, at(held))).as(held).containsExactly(task);
            }
            for (String not : List.of(
                    "order.id=170",
                    "order.id=",
                    "order.id=1e99999999999",
                    "order.code=17.0",
                    "order.paid=True",
                    "order.none=null",
                    "order={}",
                    "order.items=x-1",
                    "order.items.9.sku=é",
                    "order.items.99999999999999999999.sku=é",
                    "a.b.c.d.e.f.g.h.i.j=1",
                    "odd=%",
                    "odd=' OR '1'='1")) {
                assertThat(found(node, at(not))).as(not).isEmpty();
            }
            assertThat(found(node, at("order.id=18"))).containsExactly(other);
            assertThat(found(node, at("order.id=17", "order.paid=true"))).containsExactly(task);
            assertThat(found(node, at("order.id=17", "order.paid=false"))).isEmpty();
            assertThat(found(node, at("odd=" + "x".repeat(10_000)))).isEmpty();
            TaskPage page = node.engine()
                    .tasks(
                            TaskFilter.ALL.withNamespace(node.namespace()).withSearch(at("order.id=17")),
                            TaskPage.Request.first(1));
            assertThat(page.total()).isEqualTo(OptionalLong.of(1));
            assertThat(page.isExact()).isTrue();
            assertThat(page.next()).isNull();
        }
    }

    @Test
    void whatWasNotLookedThroughIsTold(TestDatabase database) {
        try (TestNode node = TestNode.open(database, Rollups.UNFOLDED)) {
            TemplateFixture template = node.template("bounded", "a");
            UUID old = node.create(template.request("{\"n\": \"old\", \"rest\": \"0123456789\"}"));
            node.create(template.request("{\"n\": \"new\", \"rest\": \"0123456789\"}"));

            assertThat(listed(database, node, 9, "bounded", "", "", 0)).containsExactly("2 2 t f");
            assertThat(listed(database, node, 1, "bounded", "", "", 0))
                    .as("by number of tasks")
                    .containsExactly("1 1 f t");
            assertThat(listed(database, node, 1, digits(old, 32), "", "", 0))
                    .as("a task that is named is found however old it is")
                    .containsExactly("1 1 f t");
            assertThat(listed(database, node, 9, "", "n", "old", 1_000)).containsExactly("1 1 t f");
            assertThat(listed(database, node, 9, "", "n", "old", 30))
                    .as("by size of contexts, one at least")
                    .containsExactly("0 0 f t");
            assertThat(listed(database, node, 9, "", "n n", "old old", 60))
                    .as("by size of contexts, for all values together")
                    .containsExactly("0 0 f t");
            assertThat(listed(database, node, 9, "", "n", "old", 60)).containsExactly("1 1 t f");
        }
    }

    @Test
    void searchThatTakesTooLongIsGivenUp(TestDatabase database) throws Exception {
        try (TestNode node = TestNode.open(database, Rollups.UNFOLDED);
                Connection other = database.dataSource().getConnection();
                Statement statement = other.createStatement()) {
            Rollups.create(node, node.template("slow", "a"));
            other.setAutoCommit(false);
            statement.execute("LOCK TABLE tasker.task_requests IN ACCESS EXCLUSIVE MODE");

            assertThatThrownBy(() -> found(node, TaskSearch.words("slow")))
                    .isInstanceOfSatisfying(
                            EngineException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST))
                    .hasMessageStartingWith("search: took more than 5 s");

            other.rollback();
            assertThat(found(node, TaskSearch.words("slow"))).hasSize(1);
        }
    }

    private static List<String> listed(
            TestDatabase database, TestNode node, int examine, String words, String paths, String values, long bytes) {
        return database.query(LIST, node.namespace(), examine, words, paths, values, bytes);
    }

    private static List<UUID> found(TestNode node, TaskSearch search) {
        return uuids(node.engine()
                .tasks(TaskFilter.ALL.withNamespace(node.namespace()).withSearch(search), TaskPage.Request.first(10)));
    }

    private static List<UUID> uuids(TaskPage page) {
        return page.tasks().stream().map(TaskView::taskUuid).toList();
    }

    private static TaskSearch at(String... conditions) {
        return new TaskSearch(
                List.of(),
                Arrays.stream(conditions)
                        .map(each ->
                                new At(each.substring(0, each.indexOf('=')), each.substring(each.indexOf('=') + 1)))
                        .toList());
    }

    private static String digits(UUID uuid, int count) {
        return uuid.toString().replace("-", "").substring(0, count);
    }

    private static TaskRequest request(
            TemplateFixture template, String context, @Nullable String tags, UUID correlation) {
        return new TaskRequest(
                template.namespace(),
                template.name(),
                "1.0.0",
                context,
                "Dana Smith",
                "nightly-import",
                "Closing of the month",
                tags,
                0,
                correlation,
                null,
                null);
    }
}
