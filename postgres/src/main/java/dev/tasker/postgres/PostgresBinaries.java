package dev.tasker.postgres;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.Map;
import java.util.Properties;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tukaani.xz.XZInputStream;

/**
 * The PostgreSQL programs, unpacked once per user into a cache folder named by version and content.
 *
 * @param home folder with {@code bin}, {@code lib} and {@code share}
 * @param version as published, such as {@code 18.6.0}
 */
record PostgresBinaries(Path home, String version) {
    private static final Logger log = LoggerFactory.getLogger(PostgresBinaries.class);

    /** Environment variable that names the folder to unpack into, in place of the user's cache folder. */
    static final String CACHE_VARIABLE = "TASKER_CACHE_DIR";

    private static final String UNFINISHED = ".unfinished";

    /** The binaries for this machine; unpacks them when this is the first time. */
    static PostgresBinaries locate() {
        return locate(cacheFolder(System.getenv(), userCache()), Platform.current());
    }

    static PostgresBinaries locate(Path cache, Platform platform) {
        URL archive = PostgresBinaries.class.getResource("/" + platform.archive());
        if (archive == null) {
            throw new EmbeddedPostgresException("embedded PostgreSQL: " + platform.archive()
                    + " is not on the class path (expected: the artifact " + platform.artifact() + ")");
        }
        try {
            String version = publishedVersion();
            Path folder = cache.resolve("postgres");
            Path home = folder.resolve(version + "-" + contentHash(archive));
            if (!isComplete(home)) {
                unpackOnce(archive, folder, home);
            }
            return new PostgresBinaries(home, version);
        } catch (IOException e) {
            throw new EmbeddedPostgresException(
                    "embedded PostgreSQL: cannot unpack into " + cache + ": " + e
                            + " (expected: a writable folder; set " + CACHE_VARIABLE + " to choose another)",
                    e);
        }
    }

    /** The folder for unpacked programs: {@code TASKER_CACHE_DIR}, or else {@code tasker} in the cache of the user. */
    static Path cacheFolder(Map<String, String> environment, Path userCache) {
        String chosen = environment.getOrDefault(CACHE_VARIABLE, "");
        if (!chosen.isEmpty()) {
            return Path.of(chosen).toAbsolutePath().normalize();
        }
        Path xdg = Path.of(environment.getOrDefault("XDG_CACHE_HOME", ""));
        return (xdg.isAbsolute() ? xdg : userCache).resolve("tasker");
    }

    /** The first part of the version, which the data must share. */
    int majorVersion() {
        return Integer.parseInt(version.substring(0, version.indexOf('.')));
    }

    /** Path of a program such as {@code initdb}. */
    String program(String name) {
        return home.resolve("bin").resolve(name).toString();
    }

    /** Root's own cache is closed to the user as whom root may have to run the programs. */
    private static Path userCache() {
        return Launcher.isRoot() ? Path.of("/var/cache") : Path.of(System.getProperty("user.home"), ".cache");
    }

    private static String publishedVersion() throws IOException {
        var properties = new Properties();
        try (InputStream in = PostgresBinaries.class.getResourceAsStream("binaries.properties")) {
            properties.load(in);
        }
        return properties.getProperty("version");
    }

    /** CRC-32 of the archive; a jar has it in its index, so that a start need not read 15 MB. */
    private static String contentHash(URL archive) throws IOException {
        URLConnection connection = archive.openConnection();
        if (connection instanceof JarURLConnection jar && jar.getJarEntry().getCrc() != -1) {
            return HexFormat.of().toHexDigits((int) jar.getJarEntry().getCrc());
        }
        try (var in = new CheckedInputStream(connection.getInputStream(), new CRC32())) {
            in.transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().toHexDigits((int) in.getChecksum().getValue());
        }
    }

    private static boolean isComplete(Path home) {
        return Files.isExecutable(home.resolve("bin/postgres"));
    }

    /**
     * Unpacks beside {@code home} and renames, one thread of one process at a time; whatever a killed run left
     * unfinished is deleted by the next one to hold the lock.
     */
    private static synchronized void unpackOnce(URL archive, Path folder, Path home) throws IOException {
        Files.createDirectories(folder);
        try (var channel =
                FileChannel.open(folder.resolve("unpack.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.lock(); // until the channel is closed
            if (isComplete(home)) {
                return;
            }
            log.info("Unpacking PostgreSQL into {}", home);
            Path unfinished = folder.resolve(home.getFileName() + UNFINISHED);
            FileTree.delete(unfinished);
            FileTree.delete(home);
            try (var in = new XZInputStream(new BufferedInputStream(archive.openStream()))) {
                new TarArchive(new BufferedInputStream(in)).unpackInto(unfinished);
            }
            Files.move(unfinished, home, StandardCopyOption.ATOMIC_MOVE);
        }
    }
}
