package dev.tasker.engine.internal.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The pictures and tables in the documentation are those of the code. */
class StateMachinesDocumentTest {
    private static final Path FILE =
            Path.of(System.getProperty("tasker.repository", "..")).resolve("docs/state-machines.md");
    private static final String REWRITE = "mvn test -pl engine -am -Dtest=StateMachinesDocumentTest"
            + " -Dsurefire.failIfNoSpecifiedTests=false -Dtasker.docs=write";

    @Test
    void documentIsWhatTheMachinesPrint() throws IOException {
        String printed = StateMachinesDocument.print();
        if (System.getProperty("tasker.docs", "").equals("write")) {
            Files.createDirectories(FILE.getParent());
            Files.writeString(FILE, printed);
        }
        assertThat(Files.exists(FILE) ? Files.readString(FILE) : "")
                .as("docs/state-machines.md, to be rewritten by: " + REWRITE)
                .isEqualTo(printed);
    }
}
