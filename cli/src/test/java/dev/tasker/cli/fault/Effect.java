package dev.tasker.cli.fault;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.UUID;

/** Something a handler did to the world: a line in a file that all workers append to, in the order in which it happened. */
record Effect(Kind kind, UUID taskUuid, UUID stepUuid, String step, int attempt, long pid) {

    enum Kind {
        START,
        END
    }

    /** Appends by one write, so that lines of several processes do not mix. */
    void appendTo(Path file) throws IOException {
        String line = kind + " " + taskUuid + " " + stepUuid + " " + step + " " + attempt + " " + pid + "\n";
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
            channel.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8)));
        }
    }

    /** All effects so far; the line of a process killed in the middle of it counts for nothing. */
    static List<Effect> read(Path file) throws IOException {
        if (!Files.exists(file)) {
            return List.of();
        }
        String text = Files.readString(file);
        return text.substring(0, text.lastIndexOf('\n') + 1)
                .lines()
                .map(Effect::parse)
                .toList();
    }

    private static Effect parse(String line) {
        String[] words = line.split(" ", -1);
        return new Effect(
                Kind.valueOf(words[0]),
                UUID.fromString(words[1]),
                UUID.fromString(words[2]),
                words[3],
                Integer.parseInt(words[4]),
                Long.parseLong(words[5]));
    }
}
