package dev.tasker.worker.remote;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.tasker.protocol.worker.v1.Lease;
import dev.tasker.worker.Assignment;
import java.nio.ByteBuffer;
import java.util.UUID;

/** Names a lease. Here too live the lines that turn uuids into their wire form. */
record LeaseKey(UUID stepUuid, long token) {

    static LeaseKey of(Assignment assignment) {
        return new LeaseKey(assignment.stepUuid(), assignment.leaseToken());
    }

    static LeaseKey of(Lease lease) {
        return new LeaseKey(uuid(lease.getStepUuid()), lease.getLeaseToken());
    }

    Lease toWire() {
        return Lease.newBuilder()
                .setStepUuid(bytes(stepUuid))
                .setLeaseToken(token)
                .build();
    }

    static UUID uuid(ByteString bytes) {
        if (bytes.size() != 16) {
            throw new IllegalArgumentException("uuid: " + bytes.size() + " bytes (expected: 16)");
        }
        ByteBuffer buffer = bytes.asReadOnlyByteBuffer();
        return new UUID(buffer.getLong(), buffer.getLong());
    }

    static ByteString bytes(UUID uuid) {
        byte[] bytes = new byte[16];
        ByteBuffer.wrap(bytes).putLong(uuid.getMostSignificantBits()).putLong(uuid.getLeastSignificantBits());
        return UnsafeByteOperations.unsafeWrap(bytes);
    }
}
