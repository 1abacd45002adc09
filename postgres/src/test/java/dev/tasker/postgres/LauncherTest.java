package dev.tasker.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LauncherTest {
    private static final Launcher BROKEN = new Launcher(List.of("/no/such/program"), 0);

    @TempDir
    Path temporary;

    private final PostgresBinaries binaries = PostgresBinaries.locate();

    @Test
    void ordinaryUsersRunTheProgramsDirectly() {
        assertThat(Launcher.choose(binaries, 1000, List.of(BROKEN))).isEqualTo(new Launcher(List.of(), 1000));
    }

    @Test
    void rootTakesTheFirstWayThatWorks() {
        assumeRootCan(Launcher.NOBODY_WITH_ACCESS);
        var ways = List.of(BROKEN, new Launcher(List.of("env"), 0), Launcher.NOBODY_WITH_ACCESS, Launcher.NOBODY);
        assertThat(Launcher.choose(binaries, 0, ways)).isEqualTo(Launcher.NOBODY_WITH_ACCESS);
    }

    @Test
    void rootWithoutAnyWayLearnsWhatWasTried() {
        assertThatExceptionOfType(EmbeddedPostgresException.class)
                .isThrownBy(() -> Launcher.choose(binaries, 0, List.of(BROKEN)))
                .withMessageContaining("running as root")
                .withMessageContaining("/no/such/program")
                .withMessageContaining(PostgresBinaries.CACHE_VARIABLE);
    }

    @Test
    void rootRunsTheServerInAUserNamespace() throws Exception {
        assumeRootCan(Launcher.USER_NAMESPACE);
        assertServes(Launcher.USER_NAMESPACE, temporary.resolve("data"), 0);
    }

    @Test
    void rootRunsTheServerAsNobodyInAFolderOfItsOwn() throws Exception {
        assumeRootCan(Launcher.NOBODY_WITH_ACCESS);
        assertServes(Launcher.NOBODY_WITH_ACCESS, temporary.resolve("data"), 65_534);
    }

    @Test
    void rootRunsTheServerAsPlainNobodyWhereNobodyMayRead() throws Exception {
        Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rwxr-xr-x"));
        var readable = PostgresBinaries.locate(temporary.resolve("cache"), Platform.current());
        assumeTrue(Launcher.NOBODY.probe(readable).succeeded());
        var config = EmbeddedPostgresConfig.forTests(temporary.resolve("data"));
        try (var postgres = EmbeddedPostgres.start(config, readable, Launcher.NOBODY)) {
            assertThat(postgres.isRunning()).isTrue();
        }
    }

    @Test
    void dataMadeOneWayServeTheOtherWay() throws Exception {
        assumeRootCan(Launcher.USER_NAMESPACE);
        assumeRootCan(Launcher.NOBODY_WITH_ACCESS);
        Path folder = temporary.resolve("data");
        assertServes(Launcher.USER_NAMESPACE, folder, 0);
        assertServes(Launcher.NOBODY_WITH_ACCESS, folder, 65_534);
        assertServes(Launcher.USER_NAMESPACE, folder, 0);
    }

    @Test
    void programThatTakesTooLongIsKilled() {
        var outcome = new Launcher(List.of(), 0).run(Duration.ofMillis(50), List.of("sleep", "60"));
        assertThat(outcome.succeeded()).isFalse();
        assertThat(outcome.output()).contains("not done after PT0.05S");
    }

    private void assertServes(Launcher launcher, Path folder, int ownerId) throws Exception {
        try (var postgres = EmbeddedPostgres.start(EmbeddedPostgresConfig.of(folder), binaries, launcher);
                var connection = postgres.dataSource("postgres").getConnection()) {
            assertThat(connection.isValid(5)).isTrue();
            assertThat(Files.getAttribute(folder.resolve("pgdata/base"), "unix:uid"))
                    .isEqualTo(ownerId);
        }
    }

    private void assumeRootCan(Launcher way) {
        assumeTrue(System.getProperty("user.name").equals("root"));
        assumeTrue(way.probe(binaries).succeeded());
    }
}
