package dev.tasker.testkit.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tasker.testkit.DatabaseExtension;
import dev.tasker.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(DatabaseExtension.class)
class FaultyDataSourceTest {
    @Test
    void withoutFaultsEverythingPassesThrough(TestDatabase database) throws SQLException {
        FaultyDataSource source = new FaultyDataSource(database.dataSource());
        source.setLoginTimeout(7);
        source.setLogWriter(null);

        assertThat(source.getLoginTimeout()).isEqualTo(7);
        assertThat(source.getLogWriter()).isNull();
        assertThat(source.getParentLogger().getName()).isNotNull();
        assertThat(source.isWrapperFor(DataSource.class)).isTrue();
        assertThat(source.unwrap(DataSource.class)).isNotNull();
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            ResultSet row = statement.executeQuery("SELECT 1");
            assertThat(row.next()).isTrue();
        }
    }

    @Test
    void databaseOutOfReachRefusesConnectionsUntilItIsBack(TestDatabase database) throws SQLException {
        FaultyDataSource source = new FaultyDataSource(database.dataSource());
        source.goAway();
        assertThatThrownBy(source::getConnection)
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("08001"));
        source.comeBack();
        try (Connection connection = source.getConnection()) {
            assertThat(connection.isValid(1)).isTrue();
        }
    }
}
