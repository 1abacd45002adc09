package dev.tasker.server.grpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.UnknownFieldSet;
import io.grpc.Metadata;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/**
 * A message that no client of good will sends, made from a seed, with metadata that go with it: no protobuf at all, protobuf cut short or
 * flipped, lengths beyond the end, fields of another type, nesting without end, texts that are no UTF-8, and well-formed messages whose
 * values make no sense.
 */
@SuppressWarnings("ArrayRecordComponent") // bytes on their way out; messages are not compared
record HostileMessage(byte[] bytes, Metadata metadata) {
    private static final int DEPTH = 4;
    private static final int NESTED_MAX = 3_000;
    private static final List<String> TEXTS = List.of(
            "",
            "abc",
            "\0",
            "\u202e",
            "٣",
            "' OR 1=1 --",
            "../../etc/passwd",
            "${jndi:ldap://x}",
            "00000000-0000-0000-0000-000000000000",
            "complete",
            "*");
    private static final List<byte[]> NO_UTF8 = List.of(
            new byte[] {(byte) 0xff, (byte) 0xfe},
            new byte[] {(byte) 0xc0, (byte) 0x80},
            new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0x80},
            new byte[] {(byte) 0xf8, (byte) 0x88, (byte) 0x80, (byte) 0x80, (byte) 0x80});

    /** The message of a seed for a method that takes {@code type}, with this token more often than not. */
    static HostileMessage of(long seed, Descriptor type, String token) {
        Random random = new Random(seed);
        byte[] bytes = switch (random.nextInt(8)) {
            case 0 -> noise(random);
            case 1 -> cut(random, message(random, type, DEPTH).toByteArray());
            case 2 -> flipped(random, message(random, type, DEPTH).toByteArray());
            case 3 -> beyondTheEnd(random, type);
            case 4 -> ofAnotherType(random, type);
            case 5 -> nested(random, type);
            case 6 -> withoutUtf8(random, type);
            default -> message(random, type, DEPTH).toByteArray();
        };
        return new HostileMessage(bytes, metadata(random, token));
    }

    private static byte[] noise(Random random) {
        byte[] bytes = new byte[random.nextInt(2_000)];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] cut(Random random, byte[] whole) {
        return Arrays.copyOf(whole, whole.length == 0 ? 0 : random.nextInt(whole.length));
    }

    private static byte[] flipped(Random random, byte[] whole) {
        for (int flips = 1 + random.nextInt(8); flips > 0 && whole.length > 0; flips--) {
            whole[random.nextInt(whole.length)] = (byte) random.nextInt(256);
        }
        return whole;
    }

    private static byte[] beyondTheEnd(Random random, Descriptor type) {
        return written(out -> {
            out.writeUInt32NoTag(tag(random, type, 2));
            out.writeUInt64NoTag(random.nextLong() >>> random.nextInt(64));
            out.writeRawBytes(noise(random));
        });
    }

    private static byte[] ofAnotherType(Random random, Descriptor type) {
        return written(out -> {
            for (int i = 0; i < 5; i++) {
                out.writeUInt32NoTag(tag(random, type, random.nextInt(8))); // 3, 4, 6 and 7 are groups, and nothing
                out.writeRawBytes(noise(random));
            }
        });
    }

    /** Groups within groups, or messages within messages, closed or not. */
    private static byte[] nested(Random random, Descriptor type) {
        int levels = random.nextInt(NESTED_MAX);
        if (random.nextBoolean()) {
            return written(out -> {
                for (int i = 0; i < levels; i++) {
                    out.writeUInt32NoTag(tag(random, type, 3));
                }
            });
        }
        byte[] inner = {};
        int tag = tag(random, type, 2);
        for (int i = 0; i < levels; i++) {
            byte[] content = inner;
            inner = written(out -> {
                out.writeUInt32NoTag(tag);
                out.writeByteArrayNoTag(content);
            });
        }
        return inner;
    }

    private static byte[] withoutUtf8(Random random, Descriptor type) {
        return written(out -> {
            for (FieldDescriptor field : type.getFields()) {
                out.writeByteArray(field.getNumber(), NO_UTF8.get(random.nextInt(NO_UTF8.size())));
            }
        });
    }

    private static int tag(Random random, Descriptor type, int wireType) {
        List<FieldDescriptor> fields = type.getFields();
        int number = fields.isEmpty() || random.nextInt(4) == 0
                ? 1 + random.nextInt((1 << 29) - 1)
                : fields.get(random.nextInt(fields.size())).getNumber();
        return number << 3 | wireType;
    }

    /** Every field of its own type, with values that make no sense. */
    private static DynamicMessage message(Random random, Descriptor type, int depth) {
        DynamicMessage.Builder message = DynamicMessage.newBuilder(type);
        for (FieldDescriptor field : type.getFields()) {
            if (random.nextInt(3) == 0 || (depth == 0 && field.getJavaType() == FieldDescriptor.JavaType.MESSAGE)) {
                continue;
            }
            if (field.isRepeated()) {
                for (int i = random.nextInt(4); i > 0; i--) {
                    message.addRepeatedField(field, value(random, field, depth));
                }
            } else {
                message.setField(field, value(random, field, depth));
            }
        }
        if (random.nextInt(4) == 0) {
            message.setUnknownFields(UnknownFieldSet.newBuilder()
                    .mergeVarintField(1 + random.nextInt(10_000), random.nextInt())
                    .build());
        }
        return message.build();
    }

    private static Object value(Random random, FieldDescriptor field, int depth) {
        return switch (field.getJavaType()) {
            case INT -> pick(random, List.of(-1, 0, Integer.MIN_VALUE, Integer.MAX_VALUE));
            case LONG -> pick(random, List.of(-1L, 0L, Long.MIN_VALUE, Long.MAX_VALUE));
            case FLOAT -> pick(random, List.of(Float.NaN, Float.POSITIVE_INFINITY, -0f));
            case DOUBLE -> pick(random, List.of(Double.NaN, Double.NEGATIVE_INFINITY, 1e308, -0d));
            case BOOLEAN -> random.nextBoolean();
            case STRING -> text(random);
            case BYTE_STRING -> ByteString.copyFrom(noise(random));
            case ENUM -> field.getEnumType().findValueByNumberCreatingIfUnknown(random.nextInt(2_000) - 1);
            case MESSAGE -> message(random, field.getMessageType(), depth - 1);
        };
    }

    private static String text(Random random) {
        return switch (random.nextInt(8)) {
            case 0 -> "€".repeat(random.nextInt(20_000));
            case 1 -> new UUID(random.nextLong(), random.nextLong()).toString();
            default -> pick(random, TEXTS);
        };
    }

    private static Metadata metadata(Random random, String token) {
        Metadata metadata = new Metadata();
        Metadata.Key<String> authorization = key("authorization");
        switch (random.nextInt(8)) {
            case 0 -> {}
            case 1 -> metadata.put(authorization, "Bearer " + plain(random, 300));
            case 2 -> metadata.put(authorization, "bearer eyJhbGciOiJub25lIn0.eyJwZXJtaXNzaW9ucyI6WyIqIl19.");
            case 3 -> metadata.put(authorization, "Bearer " + token.substring(random.nextInt(token.length())));
            default -> metadata.put(authorization, "Bearer " + token);
        }
        switch (random.nextInt(8)) {
            case 0 -> metadata.put(key("x-request-id"), plain(random, 500));
            case 1 -> metadata.put(key("idempotency-key"), plain(random, 3_000));
            case 2 -> metadata.put(key("traceparent"), "00-" + plain(random, 60));
            case 3 -> metadata.put(key("x-api-key"), plain(random, 100));
            case 4 -> metadata.put(Metadata.Key.of("junk-bin", Metadata.BINARY_BYTE_MARSHALLER), noise(random));
            default -> {}
        }
        return metadata;
    }

    private static Metadata.Key<String> key(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }

    private static String plain(Random random, int lengthMax) {
        StringBuilder text = new StringBuilder();
        for (int length = random.nextInt(lengthMax); length > 0; length--) {
            text.append((char) (0x20 + random.nextInt(0x5f)));
        }
        return text.toString();
    }

    private static <T> T pick(Random random, List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    private interface Writer {
        void write(CodedOutputStream out) throws IOException;
    }

    private static byte[] written(Writer writer) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        try {
            writer.write(out);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
