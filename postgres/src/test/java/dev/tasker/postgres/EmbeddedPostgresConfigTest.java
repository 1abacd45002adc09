package dev.tasker.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EmbeddedPostgresConfigTest {
    private static final Path FOLDER = Path.of("/data");

    @Test
    void defaultsKeepDataDurablyOnAFreePort() {
        var config = EmbeddedPostgresConfig.of(FOLDER);
        assertThat(config).isEqualTo(new EmbeddedPostgresConfig(FOLDER, true, 0, Map.of()));
        assertThat(config.effectiveSettings()).containsEntry("fsync", "on").containsEntry("synchronous_commit", "on");
    }

    @Test
    void testsAreDurableUnlessToldOtherwiseAndLeaveNothing() {
        var config = EmbeddedPostgresConfig.forTests(FOLDER);
        assertThat(config.keepData()).isFalse();
        assertThat(config.effectiveSettings()).containsEntry("fsync", "on").containsEntry("shared_buffers", "64MB");
        assertThat(config.withSetting("fsync", "off").effectiveSettings()).containsEntry("fsync", "off");
    }

    @Test
    void everyComponentCanBeChanged() {
        var config = EmbeddedPostgresConfig.of(Path.of("data"))
                .withKeepData(false)
                .withPort(5432)
                .withSetting("a.b", "it's");
        assertThat(config)
                .isEqualTo(new EmbeddedPostgresConfig(
                        Path.of("data").toAbsolutePath(), false, 5432, Map.of("a.b", "it's")));
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 65_536})
    void portOutOfRangeIsRefused(int port) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EmbeddedPostgresConfig.of(FOLDER).withPort(port))
                .withMessage("port: " + port + " (expected: 0 to 65535)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Work_Mem", "a = b", "1st"})
    void settingNameThatIsNoneIsRefused(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EmbeddedPostgresConfig.of(FOLDER).withSetting(name, "x"))
                .withMessageContaining("'" + name + "' (expected: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"port", "listen_addresses", "data_directory"})
    void settingThatTheServerChoosesItselfIsRefused(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EmbeddedPostgresConfig.of(FOLDER).withSetting(name, "x"))
                .withMessageContaining("settings." + name + ": x (expected: absent");
    }

    @Test
    void settingOfSeveralLinesIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EmbeddedPostgresConfig.of(FOLDER).withSetting("work_mem", "1MB\nport = 1"))
                .withMessageContaining("expected: one line");
    }
}
