package dev.tasker.template;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TemplateDirectoryTest {
    @TempDir
    private Path directory;

    @Test
    void brokenFileDoesNotStopTheOthers() throws IOException {
        write("b/second.yml", template("second", "two"));
        write("a_first.yaml", template("first", "one"));
        write("broken.yaml", "name: [");
        write("latin.yaml", new byte[] {'a', ':', (byte) 0xE4});
        write("notes.txt", "not a template");
        write(".hidden/third.yaml", template("third", "three"));
        write("b/.fourth.yaml", template("fourth", "four"));

        TemplateDirectory loaded = TemplateDirectory.load(directory);

        assertThat(loaded.templates())
                .extracting(parsed -> parsed.template().name())
                .containsExactly("first", "second");
        assertThat(loaded.brokenFiles())
                .containsExactly(directory.resolve("broken.yaml"), directory.resolve("latin.yaml"));
        assertThat(loaded.findings())
                .filteredOn(Finding::isError)
                .extracting(Finding::code)
                .containsExactly("YAML_SYNTAX", "ENCODING");
        assertThat(loaded.namespaces()).containsExactly("one", "two");
    }

    @Test
    void sameTemplateDeclaredDifferentlyIsReported() throws IOException {
        write("a.yaml", template("same", "one"));
        write("b.yaml", template("same", "one"));
        write("c.yaml", template("same", "one") + "description: another\n");

        TemplateDirectory loaded = TemplateDirectory.load(directory);

        assertThat(loaded.templates()).hasSize(3);
        assertThat(warnings(loaded)).singleElement().satisfies(finding -> {
            assertThat(finding.code()).isEqualTo("DUPLICATE_TEMPLATE");
            assertThat(finding.file()).endsWith("c.yaml");
        });
    }

    @Test
    void loopOfLinksIsPassedOver() throws IOException {
        write("a.yaml", template("first", "one"));
        Files.createSymbolicLink(directory.resolve("loop"), directory);

        TemplateDirectory loaded = TemplateDirectory.load(directory);

        assertThat(loaded.templates()).hasSize(1);
        assertThat(warnings(loaded)).extracting(Finding::code).containsExactly("FILE_UNREADABLE");
    }

    @Test
    void missingDirectoryIsAnError() {
        assertThatThrownBy(() -> TemplateDirectory.load(directory.resolve("nowhere")))
                .isInstanceOf(TemplateException.class)
                .hasMessageContaining("nowhere: error FILE_UNREADABLE");
    }

    @Test
    void missingFileIsAnError() {
        assertThatThrownBy(() -> TemplateParser.parse(directory.resolve("nowhere.yaml")))
                .isInstanceOf(TemplateException.class)
                .hasMessageContaining("FILE_UNREADABLE");
    }

    private static List<Finding> warnings(TemplateDirectory directory) {
        return directory.findings().stream()
                .filter(finding -> finding.severity() != Severity.INFO)
                .toList();
    }

    private static String template(String name, String namespace) {
        return Yaml.withTopLevel("").replace("greet_user", name).replace("demo", namespace);
    }

    private void write(String file, String text) throws IOException {
        write(file, text.getBytes(UTF_8));
    }

    private void write(String file, byte[] bytes) throws IOException {
        Path path = directory.resolve(file);
        Files.createDirectories(path.getParent());
        Files.write(path, bytes);
    }
}
