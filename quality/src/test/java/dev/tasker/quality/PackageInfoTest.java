package dev.tasker.quality;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every package says what it is for, and that nothing in it is null unless it says so. */
class PackageInfoTest {
    @Test
    void everyPackageHasNullMarkedPackageInfo() throws IOException {
        List<String> missing = new ArrayList<>();
        for (Module module : Stream.concat(Module.all().stream(), Stream.of(Module.quality()))
                .toList()) {
            Set<Path> packages = new TreeSet<>(packages(module.sources()));
            packages.addAll(packages(module.testSources()));
            for (Path name : packages) {
                Path main = module.sources().resolve(name).resolve("package-info.java");
                Path test = module.testSources().resolve(name).resolve("package-info.java");
                if (!nullMarked(main) && !nullMarked(test)) {
                    missing.add(module.name() + ": " + name);
                }
            }
        }
        assertThat(missing)
                .as("packages without a @NullMarked package-info.java")
                .isEmpty();
    }

    private static List<Path> packages(Path sources) {
        return Module.files(sources, ".java").stream()
                .map(file -> sources.relativize(file.getParent()))
                .distinct()
                .toList();
    }

    private static boolean nullMarked(Path packageInfo) throws IOException {
        return Files.exists(packageInfo) && Files.readString(packageInfo).contains("\n@NullMarked\npackage ");
    }
}
