package dev.tasker.server.gateway;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.tasker.engine.Assignment;
import dev.tasker.protocol.worker.v1.Lease;
import java.nio.ByteBuffer;
import java.util.UUID;

/** Names a lease. Here too live the two lines that turn uuids into their wire form. */
public record LeaseKey(UUID stepUuid, int token) {
    private static final int UUID_BYTES = 16;

    static LeaseKey of(Assignment assignment) {
        return new LeaseKey(assignment.stepUuid(), assignment.leaseToken());
    }

    static LeaseKey read(Lease lease) throws InvalidResultException {
        return read(lease.getStepUuid(), lease.getLeaseToken());
    }

    static LeaseKey read(ByteString stepUuid, long token) throws InvalidResultException {
        if (stepUuid.size() != UUID_BYTES) {
            throw new InvalidResultException("step_uuid: " + stepUuid.size() + " bytes (expected: 16)");
        }
        if (token < 0 || token > Integer.MAX_VALUE) {
            throw new InvalidResultException("lease_token: " + token + " (expected: 0 to " + Integer.MAX_VALUE + ")");
        }
        return new LeaseKey(uuid(stepUuid), (int) token);
    }

    Lease toWire() {
        return Lease.newBuilder()
                .setStepUuid(bytes(stepUuid))
                .setLeaseToken(token)
                .build();
    }

    static boolean isUuid(ByteString bytes) {
        return bytes.size() == UUID_BYTES;
    }

    static UUID uuid(ByteString bytes) {
        ByteBuffer buffer = bytes.asReadOnlyByteBuffer();
        return new UUID(buffer.getLong(), buffer.getLong());
    }

    static ByteString bytes(UUID uuid) {
        byte[] bytes = new byte[UUID_BYTES];
        ByteBuffer.wrap(bytes).putLong(uuid.getMostSignificantBits()).putLong(uuid.getLeastSignificantBits());
        return UnsafeByteOperations.unsafeWrap(bytes);
    }
}
