package dev.tasker.examples.inventory;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A CSV file of products: a header, then one product a line; quoted fields may hold commas, no line breaks. */
record ProductFile(Path path) {

    /** What is needed of a line. */
    record Product(String title, String category, double price, int stock, double rating) {}

    /** Takes products one by one, as they are read. */
    @FunctionalInterface
    interface Reader {
        void read(long row, Product product);
    }

    /** How many products there are. */
    long rows() throws IOException {
        try (var lines = Files.lines(path, StandardCharsets.UTF_8)) {
            return Math.max(0, lines.count() - 1);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** Reads rows {@code first} to {@code end}, exclusive; the first row is 1. */
    void read(long first, long end, Reader reader) throws IOException {
        try (BufferedReader lines = Files.newBufferedReader(path, StandardCharsets.UTF_8)) {
            lines.readLine(); // the header
            for (long row = 1; row < end; row++) {
                String line = lines.readLine();
                if (line == null) {
                    return;
                }
                if (row >= first) {
                    reader.read(row, product(line, row));
                }
            }
        }
    }

    private static Product product(String line, long row) {
        List<String> fields = fields(line);
        if (fields.size() < 8) {
            throw new IllegalArgumentException("row " + row + ": " + fields.size() + " fields (expected: 8 at least)");
        }
        return new Product(
                fields.get(1),
                fields.get(3),
                Double.parseDouble(fields.get(4)),
                Integer.parseInt(fields.get(7)),
                Double.parseDouble(fields.get(6)));
    }

    private static List<String> fields(String line) {
        List<String> fields = new ArrayList<>(12);
        StringBuilder field = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '"') {
                boolean doubled = quoted && i + 1 < line.length() && line.charAt(i + 1) == '"';
                if (doubled) {
                    field.append('"');
                    i++;
                } else {
                    quoted = !quoted;
                }
            } else if (c == ',' && !quoted) {
                fields.add(field.toString());
                field.setLength(0);
            } else {
                field.append(c);
            }
        }
        fields.add(field.toString());
        return fields;
    }
}
