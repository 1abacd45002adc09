package dev.tasker.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tasker.engine.Creation;
import dev.tasker.engine.EngineException;
import dev.tasker.engine.ErrorCode;
import dev.tasker.engine.TaskRequest;
import dev.tasker.testkit.DatabaseExtension;
import dev.tasker.testkit.HandDrivenWorker;
import dev.tasker.testkit.TemplateFixture;
import dev.tasker.testkit.TestDatabase;
import dev.tasker.testkit.TestNode;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an identity is made of, to the byte (01 §6.1). */
@ExtendWith(DatabaseExtension.class)
class IdentityHashTest {

    @ParameterizedTest(name = "{0} is hashed as {1}")
    @CsvSource(delimiter = '|', textBlock = """
        {}                                               | {}
        { "b" : [1.0, {"d":null,"c":true}], "a":1e2 }    | {"a":100,"b":[1,{"c":true,"d":null}]}
        {"\\u00e9":1,"z":2,"\\ud83d\\ude00":3,"\\uffae":4} | {"z":2,"é":1,"ﾮ":4,"😀":3}
        {"s":"a\\/b\\u000a\\"\\u0041"}                    | {"s":"a/b\\n\\"A"}
        {"n":-0.0,"m":0.10,"l":12345678901234567890}     | {"l":12345678901234567890,"m":0.1,"n":0}
        """)
    void strictIdentityIsTheHashOfTemplateAndCanonicalContext(String context, String canonical, TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("hashed", "a");
            UUID task = node.create(template.request(context));

            assertThat(storedHash(database, task)).isEqualTo(hash(named(database, task), 'C', canonical));
        }
    }

    @Test
    void keyedIdentityIsTheHashOfTemplateAndKey(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template =
                    node.register(node.draft("keyed", "a").with("identity_strategy: caller_provided"));
            UUID task = node.create(template.request("{}").withIdempotencyKey("Bestellung ä 1"));

            assertThat(storedHash(database, task)).isEqualTo(hash(named(database, task), 'K', "Bestellung ä 1"));
        }
    }

    @ParameterizedTest(name = "{0} is not {1}")
    @CsvSource(delimiter = '|', textBlock = """
        {"s":"\\ud800"}       | {"s":"?"}
        {"s":"\\ud800"}       | {"s":"\\udfff"}
        {"s":"\\ud800"}       | {"s":"\\\\ud800"}
        """)
    void halvesOfCharactersAreToldApart(String one, String other, TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("halves", "a");
            assertThat(node.create(template.request(one))).isNotEqualTo(node.create(template.request(other)));
        }
    }

    @Test
    void halfCharactersSurviveADefaultContext(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.register(node.draft("merged", "a").with("default_context: {region: eu}"));
            UUID task = node.create(template.request("{\"s\":\"\\ud800\"}"));
            assertThat(node.task(task).context()).isEqualTo("{\"region\":\"eu\",\"s\":\"\\ud800\"}");
        }
    }

    @ParameterizedTest(name = "{0} = {1}")
    @CsvSource(delimiter = '|', textBlock = """
        {"n":1e41} | {"n":100000000000000000000000000000000000000000}
        {"n":1e5}  | {"n":100000}
        """)
    void numberIsTheSameHoweverItIsWritten(String one, String other, TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("numbers", "a");
            UUID task = node.create(template.request(one));
            assertThat(HandDrivenWorker.answer(node.engine().create(template.request(other))))
                    .isEqualTo(new Creation.Duplicate(task));
        }
    }

    @Test
    void equalKeysOfOtherTemplatesAndVersionsAreOtherTasks(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture one = node.template("one", "a");
            TemplateFixture newer = node.register(one.version("1.0.1"));
            TemplateFixture other = node.template("other", "a");

            assertThat(node.create(one.request("{}").withIdempotencyKey("k")))
                    .isNotEqualTo(node.create(newer.request("{}").withIdempotencyKey("k")))
                    .isNotEqualTo(node.create(other.request("{}").withIdempotencyKey("k")));
        }
    }

    @Test
    void keyStaysTakenWhenTheTemplateChangesItsStrategy(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture strict = node.template("changing", "a");
            UUID task = node.create(strict.request("{}").withIdempotencyKey("k"));
            for (String strategy : new String[] {"caller_provided", "always_unique"}) {
                node.register(strict.with("identity_strategy: " + strategy));
                assertThat(HandDrivenWorker.answer(
                                node.engine().create(strict.request("{}").withIdempotencyKey("k"))))
                        .isEqualTo(new Creation.Duplicate(task));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\t\n"})
    void blankKeyIsNoKey(String key, TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            for (String strategy : new String[] {"strict", "caller_provided", "always_unique"}) {
                TemplateFixture template =
                        node.register(node.draft("blank_" + strategy, "a").with("identity_strategy: " + strategy));
                refused(node, template.request("{}").withIdempotencyKey(key), "idempotency_key: blank");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0xD800, 0xDC00})
    void halfCharacterOutsideJsonIsRefused(int half, TestDatabase database) {
        String text = Character.toString(half) + "b";
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("half", "a");
            String message = ": half of a surrogate pair (expected: Unicode text)";
            refused(node, template.request("{}").withIdempotencyKey(text), "idempotency_key" + message);
            refused(node, template.request("{\"s\":\"" + text + "\"}"), "context" + message);
            refused(node, TaskRequest.of(node.namespace(), "half" + text, "1.0.0", "{}"), "name" + message);
        }
    }

    @Test
    void missingKeyLeavesNothingBehind(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template =
                    node.register(node.draft("missing", "a").with("identity_strategy: caller_provided"));
            String before =
                    database.query("SELECT count(*) FROM tasker.task_requests").getFirst();
            refused(node, template.request("{}"), "idempotency_key is required when named task uses CallerProvided");
            assertThat(database.query("SELECT count(*) FROM tasker.task_requests"))
                    .containsExactly(before);
        }
    }

    private static void refused(TestNode node, TaskRequest request, String message) {
        assertThatThrownBy(() -> node.create(request))
                .isInstanceOfSatisfying(
                        EngineException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST))
                .hasMessageStartingWith(message);
    }

    private static String storedHash(TestDatabase database, UUID task) {
        return database.query("SELECT encode(identity_hash, 'hex') FROM tasker.task_requests WHERE task_uuid = ?", task)
                .getFirst();
    }

    private static UUID named(TestDatabase database, UUID task) {
        return UUID.fromString(database.query(
                        "SELECT named_task_uuid FROM tasker.task_requests JOIN tasker.templates USING (template_id)"
                                + " WHERE task_uuid = ?",
                        task)
                .getFirst());
    }

    /** SHA-256 over the uuid's bytes, a zero, the tag and the text. */
    private static String hash(UUID named, char tag, String payload) {
        ByteArrayOutputStream input = new ByteArrayOutputStream();
        input.writeBytes(ByteBuffer.allocate(16)
                .putLong(named.getMostSignificantBits())
                .putLong(named.getLeastSignificantBits())
                .array());
        input.write(0);
        input.write(tag);
        input.writeBytes(payload.getBytes(StandardCharsets.UTF_8));
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(input.toByteArray()));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }
}
