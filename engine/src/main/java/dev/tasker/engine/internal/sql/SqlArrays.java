package dev.tasker.engine.internal.sql;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Array;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.Oid;
import org.postgresql.jdbc.PgArray;

/**
 * Binds array parameters in PostgreSQL's binary form: the driver sends uuids as text, which costs both sides more than the rest of a hot
 * call's parameters together.
 */
public final class SqlArrays {
    private static final int HEADER_BYTES = 20;
    private static final int NULL_LENGTH = -1;

    private SqlArrays() {}

    public static void setUuids(PreparedStatement statement, int parameter, List<? extends @Nullable UUID> values)
            throws SQLException {
        ByteBuffer buffer = header(Oid.UUID, values.size(), values.size() * 20);
        for (UUID value : values) {
            if (value == null) {
                buffer.putInt(NULL_LENGTH);
                continue;
            }
            buffer.putInt(16).putLong(value.getMostSignificantBits()).putLong(value.getLeastSignificantBits());
        }
        set(statement, parameter, Oid.UUID_ARRAY, buffer);
    }

    public static void setInts(PreparedStatement statement, int parameter, int[] values) throws SQLException {
        ByteBuffer buffer = header(Oid.INT4, values.length, values.length * 8);
        for (int value : values) {
            buffer.putInt(4).putInt(value);
        }
        set(statement, parameter, Oid.INT4_ARRAY, buffer);
    }

    /** Binds integers of which {@code none} stands for null. */
    public static void setInts(PreparedStatement statement, int parameter, int[] values, int none) throws SQLException {
        ByteBuffer buffer = header(Oid.INT4, values.length, values.length * 8);
        for (int value : values) {
            if (value == none) {
                buffer.putInt(NULL_LENGTH);
                continue;
            }
            buffer.putInt(4).putInt(value);
        }
        set(statement, parameter, Oid.INT4_ARRAY, buffer);
    }

    public static void setShorts(PreparedStatement statement, int parameter, short[] values) throws SQLException {
        ByteBuffer buffer = header(Oid.INT2, values.length, values.length * 6);
        for (short value : values) {
            buffer.putInt(2).putShort(value);
        }
        set(statement, parameter, Oid.INT2_ARRAY, buffer);
    }

    public static void setLongs(PreparedStatement statement, int parameter, long[] values) throws SQLException {
        ByteBuffer buffer = header(Oid.INT8, values.length, values.length * 12);
        for (long value : values) {
            buffer.putInt(8).putLong(value);
        }
        set(statement, parameter, Oid.INT8_ARRAY, buffer);
    }

    public static void setTexts(PreparedStatement statement, int parameter, List<? extends @Nullable String> values)
            throws SQLException {
        byte[] @Nullable [] encoded = new byte[values.size()][];
        int bytes = 0;
        for (int i = 0; i < encoded.length; i++) {
            String value = values.get(i);
            if (value != null) {
                byte[] text = value.getBytes(StandardCharsets.UTF_8);
                encoded[i] = text;
                bytes += text.length;
            }
            bytes += 4;
        }
        setBytes(statement, parameter, Oid.TEXT, Oid.TEXT_ARRAY, encoded, bytes);
    }

    public static void setByteas(PreparedStatement statement, int parameter, List<byte[]> values) throws SQLException {
        byte[][] encoded = values.toArray(byte[][]::new);
        int bytes = 0;
        for (byte[] value : encoded) {
            bytes += 4 + value.length;
        }
        setBytes(statement, parameter, Oid.BYTEA, Oid.BYTEA_ARRAY, encoded, bytes);
    }

    private static void setBytes(
            PreparedStatement statement,
            int parameter,
            int elementOid,
            int arrayOid,
            byte[] @Nullable [] encoded,
            int bytes)
            throws SQLException {
        ByteBuffer buffer = header(elementOid, encoded.length, bytes);
        for (byte[] value : encoded) {
            if (value == null) {
                buffer.putInt(NULL_LENGTH);
                continue;
            }
            buffer.putInt(value.length).put(value);
        }
        set(statement, parameter, arrayOid, buffer);
    }

    private static ByteBuffer header(int elementOid, int length, int bytes) {
        if (length == 0) {
            return ByteBuffer.allocate(12).putInt(0).putInt(0).putInt(elementOid);
        }
        return ByteBuffer.allocate(HEADER_BYTES + bytes)
                .putInt(1) // dimensions
                .putInt(1) // may hold nulls
                .putInt(elementOid)
                .putInt(length)
                .putInt(1); // first index
    }

    private static void set(PreparedStatement statement, int parameter, int arrayOid, ByteBuffer buffer)
            throws SQLException {
        BaseConnection connection = statement.getConnection().unwrap(BaseConnection.class);
        byte[] encoded = new byte[buffer.position()];
        buffer.get(0, encoded);
        Array array = new PgArray(connection, arrayOid, encoded);
        statement.setObject(parameter, array, Types.ARRAY);
    }
}
