package dev.tasker.server.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JacksonException;

class JsonMembersTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{ \"a\" : [1, {\"b\": 2.50}] }",
                "\"text with \\\"quotes\\\" and \\u0000\"",
                "\"ünïcödé 🙂\"",
                "\"\"",
                "-12.5e+7",
                "0",
                "12345678901234567890123",
                "true",
                "false",
                "null",
                "[]",
                "{}",
                "[ [ ] , { } ]"
            })
    void valuesAreCutOutAsTheyStand(String value) {
        for (String source : new String[] {
            "{\"x\":" + value + "}",
            " { \"before\" : 1 , \"x\" :  " + value + "  , \"after\" : \"y\" } ",
            "{\"🙂\":\"🙂\",\"x\":\n" + value + "\n}"
        }) {
            assertThat(JsonMembers.parse(source).all().get("x"))
                    .as(source)
                    .extracting(JsonMembers.Value::text)
                    .isEqualTo(value);
        }
    }

    @Test
    void nestingBeyondAnyReasonIsCutOutToo() {
        String deep = "[".repeat(50_000) + "]".repeat(50_000);

        assertThat(JsonMembers.parse("{\"x\":" + deep + "}").all().get("x"))
                .extracting(JsonMembers.Value::text)
                .isEqualTo(deep);
    }

    @Test
    void stringsAreDecodedOnDemand() {
        JsonMembers.Value value = JsonMembers.parse("{\"x\":\"a\\n\\u00e9\"}").present("x");

        assertThat(value).extracting(JsonMembers.Value::string).isEqualTo("a\né");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"a\":1",
                "{\"a\"}",
                "{a:1}",
                "{\"a\":01}",
                "nope",
                "",
                "{} {}",
                "{\"a\":1}}",
                "{\"a\":'x'}",
                "{\"a\":NaN}"
            })
    void whatIsNoJsonIsRefused(String source) {
        assertThatThrownBy(() -> JsonMembers.parse(source)).isInstanceOf(JacksonException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "1", "\"a\"", "null"})
    void whatIsNoObjectIsToldApart(String source) {
        assertThatThrownBy(() -> JsonMembers.parse(source))
                .isInstanceOf(JsonMembers.NotAnObject.class)
                .hasMessageContaining("(expected: an object)");
    }
}
