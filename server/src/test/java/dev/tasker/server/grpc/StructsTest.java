package dev.tasker.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.NullValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.tasker.v1.DlqReason;
import com.tasker.v1.DlqResolutionStatus;
import com.tasker.v1.StalenessHealthStatus;
import dev.tasker.engine.DeadLetterReason;
import dev.tasker.engine.ResolutionStatus;
import dev.tasker.engine.StepState;
import dev.tasker.engine.TaskStaleness;
import dev.tasker.engine.TaskState;
import dev.tasker.server.api.RefusedOperationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** JSON as Struct and back, and that every word of ours has its number. */
class StructsTest {
    @Test
    void documentsKeepEveryKindOfValue() {
        String json = "{\"t\":\"a\\\"b\\u0000\",\"n\":1.5,\"w\":9007199254740992,\"y\":true,\"no\":false,\"z\":null,"
                + "\"l\":[1,[],{}],\"o\":{\"k\":-7}}";

        assertThat(Structs.json("x", Structs.struct(json))).isEqualTo(json);
    }

    @ParameterizedTest
    @ValueSource(strings = {"[1]", "\"text\"", "7", "null", "true"})
    void whatIsNoObjectIsWrapped(String json) {
        Struct struct = Structs.struct(json);

        assertThat(struct.getFieldsMap()).containsOnlyKeys("value");
        assertThat(Structs.json("x", struct)).isEqualTo("{\"value\":" + json + "}");
    }

    @ParameterizedTest
    @CsvSource({
        "1.0, 1",
        "-0.0, 0",
        "1234567890123.0, 1234567890123",
        "-9223372036854775808.0, -9.223372036854776E18",
        "1e300, 1.0E300",
        "0.1, 0.1"
    })
    void wholeNumbersBecomeIntegers(double number, String json) {
        assertThat(Structs.json("x", GrpcScene.number(number))).isEqualTo(json);
    }

    @Test
    void numbersThatJsonHasNoWordForAreRefused() {
        for (double number : new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
            assertThatThrownBy(() -> Structs.json("metadata", GrpcScene.number(number)))
                    .isInstanceOf(RefusedOperationException.class)
                    .hasMessageContaining("metadata: ")
                    .hasMessageContaining("expected: a finite number");
        }
    }

    @Test
    void valueOfNoKindIsNull() {
        assertThat(Structs.json("x", Value.getDefaultInstance())).isEqualTo("null");
        assertThat(Structs.json(
                        "x",
                        Value.newBuilder().setNullValue(NullValue.NULL_VALUE).build()))
                .isEqualTo("null");
    }

    @ParameterizedTest
    @EnumSource
    void everyTaskStateHasItsNumber(TaskState state) {
        assertThat(Fields.state(state).getNumber()).isEqualTo(state.ordinal() + 1);
        assertThat(Fields.state(Fields.state(state))).isEqualTo(state);
        assertThat(Fields.taskState(state.text())).isEqualTo(Fields.state(state));
    }

    @ParameterizedTest
    @EnumSource
    void everyStepStateHasItsNumber(StepState state) {
        assertThat(Fields.state(state).getNumber()).isEqualTo(state.ordinal() + 1);
        assertThat(Fields.stepState(state.text())).isEqualTo(Fields.state(state));
    }

    @Test
    void wordsOfDeadLettersHaveTheirNumbers() {
        for (DeadLetterReason reason : DeadLetterReason.values()) {
            assertThat(DlqReason.valueOf("DLQ_REASON_" + reason.name()).getNumber())
                    .isEqualTo(reason.ordinal() + 1);
        }
        for (ResolutionStatus status : ResolutionStatus.values()) {
            assertThat(DlqResolutionStatus.valueOf("DLQ_RESOLUTION_STATUS_" + status.name())
                            .getNumber())
                    .isEqualTo(status.ordinal() + 1);
        }
        for (TaskStaleness.Health health : TaskStaleness.Health.values()) {
            assertThat(StalenessHealthStatus.valueOf("STALENESS_HEALTH_STATUS_" + health.name())
                            .getNumber())
                    .isEqualTo(health.ordinal() + 1);
        }
    }
}
