package dev.promptlab.eval.suite;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/// Bytes of files as text, or a problem that says where they are none.
final class Utf8 {
    private Utf8() {}

    /// A byte order mark at the start is dropped.
    ///
    /// @param line the line that the bytes begin with
    static String decode(String file, byte[] bytes, int line) throws ProblemException {
        if (line == 1 && bytes.length >= 2 && (starts(bytes, 0xFE, 0xFF) || starts(bytes, 0xFF, 0xFE))) {
            throw new ProblemException(file, 1, 1, "is UTF-16; save it as UTF-8");
        }
        var in = ByteBuffer.wrap(bytes);
        if (line == 1 && bytes.length >= 3 && starts(bytes, 0xEF, 0xBB, 0xBF)) {
            in.position(3);
        }
        var out = CharBuffer.allocate(bytes.length);
        var result = StandardCharsets.UTF_8.newDecoder().onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT).decode(in, out, true);
        if (result.isError()) {
            throw wrong(file, bytes, in.position(), line, "the byte "
                    + HexFormat.of().withUpperCase().toHexDigits(bytes[in.position()])
                    + " is no UTF-8; save the file as UTF-8");
        }
        var text = out.flip().toString();
        int nul = text.indexOf('\0');
        if (nul >= 0) {
            throw wrong(file, bytes, nul, line, "is no text: it has a zero byte");
        }
        return text;
    }

    private static boolean starts(byte[] bytes, int... mark) {
        for (int i = 0; i < mark.length; i++) {
            if ((bytes[i] & 0xFF) != mark[i]) {
                return false;
            }
        }
        return true;
    }

    private static ProblemException wrong(String file, byte[] bytes, int offset, int firstLine, String message) {
        int line = firstLine;
        int lineStart = 0;
        for (int i = 0; i < offset; i++) {
            if (bytes[i] == '\n') {
                line++;
                lineStart = i + 1;
            }
        }
        return new ProblemException(file, line, offset - lineStart + 1, message);
    }
}
