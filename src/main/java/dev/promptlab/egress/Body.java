package dev.promptlab.egress;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/// The body of an answer as it is framed (RFC 9112, section 6): chunked, by its length, or up to the end of the connection. One
/// that ends too early is an [EOFException].
abstract sealed class Body extends InputStream {
    private static final int NO_CONTENT = 204;
    private static final int NOT_MODIFIED = 304;

    final InputStream in;

    private Body(InputStream in) {
        this.in = in;
    }

    static InputStream of(InputStream in, Head head) throws IOException {
        if (head.status() == NO_CONTENT || head.status() == NOT_MODIFIED) {
            return InputStream.nullInputStream();
        }
        var coding = head.header("transfer-encoding");
        if (!coding.isEmpty()) {
            if (!coding.equalsIgnoreCase("chunked")) {
                throw new IOException("the answer has a transfer coding that nobody asked for");
            }
            return new Chunked(in);
        }
        var length = head.header("content-length");
        if (length.isEmpty()) {
            return in;
        }
        if (!length.matches("\\d{1,15}")) {
            throw new IOException("the answer has no readable length");
        }
        return new Sized(in, Long.parseLong(length));
    }

    @Override
    public abstract int read(byte[] buffer, int offset, int length) throws IOException;

    @Override
    public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    /// As long as its header says.
    private static final class Sized extends Body {
        private long left;

        Sized(InputStream in, long length) {
            super(in);
            this.left = length;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            if (left == 0) {
                return -1;
            }
            int got = in.read(buffer, offset, (int) Math.min(length, left));
            if (got < 0) {
                throw new EOFException("the body ended " + left + " bytes too early");
            }
            left -= got;
            return got;
        }
    }

    /// In pieces with a size before each.
    private static final class Chunked extends Body {
        private static final int MAX_LINE = 8 << 10;
        private static final int MAX_TRAILERS = 64;
        private long left;
        private boolean first = true;
        private boolean ended;

        Chunked(InputStream in) {
            super(in);
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            if (left == 0 && !ended) {
                beginChunk();
            }
            if (ended) {
                return -1;
            }
            int got = in.read(buffer, offset, (int) Math.min(length, left));
            if (got < 0) {
                throw new EOFException("the body ended inside a chunk");
            }
            left -= got;
            return got;
        }

        private void beginChunk() throws IOException {
            if (!first && !line().isEmpty()) {
                throw new IOException("a chunk is longer than it says");
            }
            first = false;
            var size = line().split(";", 2)[0].strip();
            if (!size.matches("[0-9a-fA-F]{1,8}")) {
                throw new IOException("a chunk has no readable size");
            }
            left = Long.parseLong(size, 16);
            if (left == 0) {
                skipTrailers();
                ended = true;
            }
        }

        private void skipTrailers() throws IOException {
            for (int lines = 0; lines < MAX_TRAILERS; lines++) {
                if (line().isEmpty()) {
                    return;
                }
            }
            throw new IOException("the body has no end of trailers");
        }

        /// Without its end.
        private String line() throws IOException {
            var line = new StringBuilder();
            while (line.length() < MAX_LINE) {
                int next = in.read();
                if (next < 0) {
                    throw new EOFException("the body ended between chunks");
                }
                if (next == '\n') {
                    return line.toString().stripTrailing();
                }
                line.append((char) next);
            }
            throw new IOException("a line between chunks is too long");
        }
    }
}
