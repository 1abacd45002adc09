package dev.tasker.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CoverageThresholdTest {
    @TempDir
    Path folder = Path.of(".");

    @Test
    void rowsAreReadAndCommentsSkipped() throws IOException {
        assertThat(CoverageThreshold.read(table("# comment\n\nengine,,90\nengine, a.b.* ,95\n")))
                .containsExactly(new CoverageThreshold("engine", "", 90), new CoverageThreshold("engine", "a.b.*", 95));
    }

    @Test
    void rowsThatMakeNoSenseAreRefused() throws IOException {
        Path tooShort = table("engine,90\n");
        assertThatThrownBy(() -> CoverageThreshold.read(tooShort))
                .hasMessageContaining("expected: module,classes,minimum");
        Path tooHigh = table("engine,,101\n");
        assertThatThrownBy(() -> CoverageThreshold.read(tooHigh)).hasMessageContaining("101 (expected: 0 to 100");
    }

    private Path table(String text) throws IOException {
        return Files.writeString(folder.resolve("thresholds.csv"), text);
    }
}
