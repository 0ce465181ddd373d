package dev.promptlab.workspace.secret;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.UUID;

import dev.promptlab.db.Ids;

/// A key that seals secrets, itself stored only wrapped under master keys. Layout of what it seals: one byte of version (2), 16
/// of its id, 12 of nonce, the ciphertext, 16 of tag.
record DataKey(UUID id, SealingKey key) {
    static final byte VERSION = 2;
    private static final int HEADER_BYTES = 1 + 2 * Long.BYTES;
    private static final String PURPOSE = "data-key";

    static DataKey random() {
        return new DataKey(Ids.next(), SealingKey.random());
    }

    static DataKey unwrap(UUID id, byte[] wrapped, MasterKey master) {
        return new DataKey(id, new SealingKey(master.open(wrapped, id, PURPOSE)));
    }

    byte[] wrap(MasterKey master) {
        return master.seal(key.raw(), id, PURPOSE);
    }

    /// Whether a value has the layout of this version.
    static boolean sealed(byte[] value) {
        return SealingKey.isLongEnough(value, HEADER_BYTES) && value[0] == VERSION;
    }

    /// Which key sealed it.
    static UUID idOf(byte[] sealed) {
        var in = ByteBuffer.wrap(sealed).position(1);
        return new UUID(in.getLong(), in.getLong());
    }

    /// What every value that it sealed begins with.
    byte[] header() {
        return ByteBuffer.allocate(HEADER_BYTES).put(VERSION).putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits()).array();
    }

    byte[] seal(byte[] secret, UUID workspaceId, String purpose) {
        return key.seal(header(), secret, MasterKey.bound(workspaceId, purpose));
    }

    byte[] open(byte[] sealed, UUID workspaceId, String purpose) {
        try {
            return key.open(sealed, HEADER_BYTES, MasterKey.bound(workspaceId, purpose));
        } catch (GeneralSecurityException e) {
            throw MasterKey.WrongKeyException.of(purpose);
        }
    }
}
