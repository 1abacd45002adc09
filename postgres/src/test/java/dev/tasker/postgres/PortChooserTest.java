package dev.tasker.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class PortChooserTest {
    @Test
    void freePortsAreDistinctAndEndWithAMessage() {
        var ports = PortChooser.free(0, Path.of("/data"));
        assertThat(ports.next()).isBetween(15_432, 15_631).isNotEqualTo(ports.next());
        assertThatExceptionOfType(EmbeddedPostgresException.class)
                .isThrownBy(() -> {
                    while (true) {
                        ports.next();
                    }
                })
                .withMessage("port: none of 15432 to 15631 is free on 127.0.0.1 (expected: one)");
    }
}
