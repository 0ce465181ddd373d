package dev.promptlab.egress;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpHeaders;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// The head of an answer, interim answers (1xx) left out.
record Head(int status, HttpHeaders headers) {
    private static final int MAX_BYTES = 64 << 10;
    private static final int MAX_INTERIM = 8;
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] (\\d{3})(?: .*)?");

    static Head read(InputStream in) throws IOException {
        for (int interim = 0; interim < MAX_INTERIM; interim++) {
            var lines = lines(in);
            var status = STATUS.matcher(lines.getFirst());
            if (!status.matches()) {
                throw new IOException("the answer is not HTTP/1.1");
            }
            int code = Integer.parseInt(status.group(1));
            if (code >= 200) {
                return new Head(code, headers(lines.subList(1, lines.size())));
            }
        }
        throw new IOException("the answer has no end of interim answers");
    }

    /// Empty when there is no such header.
    String header(String name) {
        return headers.firstValue(name).orElse("");
    }

    private static List<String> lines(InputStream in) throws IOException {
        var head = new StringBuilder();
        while (head.length() < MAX_BYTES) {
            int next = in.read();
            if (next < 0) {
                throw new EOFException("the connection was closed before the answer");
            }
            head.append((char) next);
            if (next == '\n' && (endsWith(head, "\r\n\r\n") || endsWith(head, "\n\n"))) {
                return Arrays.stream(head.toString().strip().split("\r?\n", -1)).toList();
            }
        }
        throw new IOException("the head of the answer is too large");
    }

    private static boolean endsWith(StringBuilder text, String end) {
        return text.length() >= end.length()
                && text.substring(text.length() - end.length()).equals(end);
    }

    private static HttpHeaders headers(List<String> lines) {
        Map<String, List<String>> headers = new TreeMap<>();
        for (var line : lines) {
            int colon = line.indexOf(':');
            if (colon > 0) { // anything else is no header
                headers.computeIfAbsent(line.substring(0, colon).strip().toLowerCase(Locale.ROOT),
                        _ -> new ArrayList<>()).add(line.substring(colon + 1).strip());
            }
        }
        return HttpHeaders.of(headers, (name, _) -> !name.isEmpty());
    }
}
