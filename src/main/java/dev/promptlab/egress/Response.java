package dev.promptlab.egress;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/// The answer to a POST: its head counts, its body is let in for a while so that the other side is not cut while it writes.
final class Response {
    private static final int MAX_HEAD = 64 << 10;
    private static final int MAX_BODY = 64 << 10;
    private static final int MAX_INTERIM = 8;
    private static final Duration BODY_PATIENCE = Duration.ofSeconds(1);
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] (\\d{3})(?: .*)?");

    private Response() {}

    static PinnedHttp.Answer read(Socket socket) throws IOException {
        var in = new BufferedInputStream(socket.getInputStream());
        for (int interim = 0; interim < MAX_INTERIM; interim++) {
            var lines = head(in);
            var status = STATUS.matcher(lines.getFirst());
            if (!status.matches()) {
                throw new IOException("the answer is not HTTP/1.1");
            }
            int code = Integer.parseInt(status.group(1));
            if (code >= 200) {
                skipBody(socket, in, header(lines, "content-length"));
                return new PinnedHttp.Answer(code, header(lines, "retry-after"));
            }
        }
        throw new IOException("the answer has no end of interim answers");
    }

    private static List<String> head(InputStream in) throws IOException {
        var head = new StringBuilder();
        while (head.length() < MAX_HEAD) {
            int next = in.read();
            if (next < 0) {
                throw new EOFException("the connection was closed before the answer");
            }
            head.append((char) next);
            if (next == '\n' && (endsWith(head, "\r\n\r\n") || endsWith(head, "\n\n"))) {
                return Arrays.stream(head.toString().split("\r?\n", -1)).toList();
            }
        }
        throw new IOException("the head of the answer is too large");
    }

    private static boolean endsWith(StringBuilder text, String end) {
        return text.length() >= end.length()
                && text.substring(text.length() - end.length()).equals(end);
    }

    private static String header(List<String> lines, String name) {
        return lines.stream().skip(1).filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name + ":"))
                .map(line -> line.substring(name.length() + 1).strip()).findFirst().orElse("");
    }

    /// The status has been read, so nothing that goes wrong here matters.
    private static void skipBody(Socket socket, InputStream in, String length) {
        try {
            socket.setSoTimeout((int) BODY_PATIENCE.toMillis());
            long wanted = length.matches("\\d{1,9}") ? Math.min(Long.parseLong(length), MAX_BODY) : MAX_BODY;
            in.skipNBytes(wanted);
        } catch (IOException e) {
            // enough was read
        }
    }
}
