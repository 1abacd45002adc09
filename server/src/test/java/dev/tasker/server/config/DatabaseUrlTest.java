package dev.tasker.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DatabaseUrlTest {
    @Test
    void credentialsArePercentDecodedAndLeaveTheUrl() {
        DatabaseUrl url =
                DatabaseUrl.parse("postgresql://ann%40home:p%3Aw%2Fd+1@db.example:5433/my%20db?sslmode=require");

        assertThat(url)
                .isEqualTo(new DatabaseUrl(
                        "jdbc:postgresql://db.example:5433/my+db?sslmode=require", "ann@home", "p:w/d+1"));
    }

    @Test
    void parametersTakeTheDriversNames() {
        assertThat(DatabaseUrl.parse("postgres://h/d?connect_timeout=5&application_name=a%26b&user=u&password=p"))
                .isEqualTo(new DatabaseUrl("jdbc:postgresql://h/d?connectTimeout=5&ApplicationName=a%26b", "u", "p"));
    }

    @Test
    void severalHostsAndAnEmptyOneAreUnderstood() {
        assertThat(DatabaseUrl.parse("postgresql://[::1]:1,b:2/d").jdbcUrl())
                .isEqualTo("jdbc:postgresql://[::1]:1,b:2/d");
        assertThat(DatabaseUrl.parse("postgresql:///d").jdbcUrl()).isEqualTo("jdbc:postgresql://localhost/d");
    }

    @Test
    void printsWithoutThePassword() {
        assertThat(DatabaseUrl.parse("postgresql://ann:hunter2@h/d").toString())
                .isEqualTo("jdbc:postgresql://h/d as ann with password ***");
        assertThat(DatabaseUrl.parse("postgresql://h/d").toString()).isEqualTo("jdbc:postgresql://h/d");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mysql://h/d",
                "postgresql://h",
                "postgresql://h/",
                "h/d",
                "postgresql://h/d?x",
                "postgresql://h /d",
                ""
            })
    void otherTextsAreRefused(String text) {
        assertThatThrownBy(() -> DatabaseUrl.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("postgresql://");
    }
}
