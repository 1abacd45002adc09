package dev.tasker.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Guides show code that runs. {@code -Dtasker.guides.write=true} copies it anew.
 */
class GuideCodeTest {
    static List<Path> guides() throws IOException {
        try (Stream<Path> files = Files.list(Module.repository().resolve("docs/guides"))) {
            return files.filter(file -> file.toString().endsWith(".md"))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("guides")
    void codeInGuidesIsTheCodeThatRuns(Path guide) throws IOException {
        String renewed = GuideCode.renewed(Files.readString(guide), Module.repository());
        if (Boolean.getBoolean("tasker.guides.write")) {
            Files.writeString(guide, renewed);
        }

        assertThat(Files.readString(guide)).isEqualTo(renewed);
    }

    @Test
    void handlerGuidesAreMadeOfSuchCode() throws IOException {
        for (String guide :
                List.of("first-handler.md", "typed-handlers.md", "api-decision-batch-handlers.md", "testing.md")) {
            Path file = Module.repository().resolve("docs/guides").resolve(guide);
            assertThat(GuideCode.copies(Files.readString(file))).as(guide).isPositive();
        }
    }

    @Test
    void copiesAreRenewedAndMissingPartsNoticed(@TempDir Path folder) throws IOException {
        Files.writeString(
                folder.resolve("A.java"),
                "class A {\n    // guide: x\n    int a;\n\n      int b;\n    // guide end\n}\n");
        String guide = "Text\n<!-- code: A.java#x -->\n```java\nold\n```\nmore\n";

        assertThat(GuideCode.renewed(guide, folder))
                .isEqualTo("Text\n<!-- code: A.java#x -->\n```java\nint a;\n\n  int b;\n```\nmore\n");
        assertThatThrownBy(() -> GuideCode.renewed(guide.replace("#x", "#y"), folder))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("has no part 'y'");
    }
}
