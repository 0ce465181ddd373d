package dev.promptlab.cache;

/// How a value is written for other processes.
interface Codec<V> {
    Codec<byte[]> BYTES = new Codec<>() {
        @Override
        public byte[] write(byte[] value) {
            return value;
        }

        @Override
        public byte[] read(byte[] written) {
            return written;
        }
    };

    byte[] write(V value);

    /// @throws IllegalArgumentException when it is nothing that [#write] makes
    V read(byte[] written);
}
