package dev.tasker.engine.internal.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SqlFailureTest {

    @ParameterizedTest
    @CsvSource({
        "40001, REPEAT", // serialisation
        "40P01, REPEAT", // deadlock
        "55P03, REPEAT", // lock timeout
        "57014, REPEAT", // cancelled
        "08006, CONNECTION", // broken off
        "57P01, CONNECTION", // terminated by an administrator
        "57P03, CONNECTION", // starting up
        "53300, CONNECTION", // too many connections
        "25006, CONNECTION", // a standby that is not promoted yet
        "22021, VALUE", // NUL in a text
        "42P01, POISON",
        "23505, POISON"
    })
    void stateTellsWhatAFailureMeans(String state, SqlFailure meaning) {
        assertThat(SqlFailure.of(new SQLException("failed", state))).isEqualTo(meaning);
    }

    @Test
    void failureWithoutAStateIsOneOfTheConnection() {
        assertThat(SqlFailure.of(new SQLException("failed"))).isEqualTo(SqlFailure.CONNECTION);
        assertThat(SqlFailure.of(new SQLTransientConnectionException("pool is empty", "42P01")))
                .isEqualTo(SqlFailure.CONNECTION);
    }
}
