package dev.promptlab.eval.suite;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;

import org.jspecify.annotations.Nullable;

/// A file line by line, each with a bound, so that one endless line costs no more than that.
final class Lines implements AutoCloseable {
    static final int MAX_LINE = 4 << 20;

    private final String file;
    private final InputStream in;
    private int number;

    Lines(String file, InputStream in) {
        this.file = file;
        this.in = new BufferedInputStream(in, 1 << 16);
    }

    /// Of the line that was read last, from 1.
    int number() {
        return number;
    }

    String file() {
        return file;
    }

    /// Without its end; null after the last.
    @Nullable
    String next() throws IOException, ProblemException {
        var line = new ByteArrayOutputStream();
        int b = in.read();
        if (b < 0) {
            return null;
        }
        number++;
        for (; b >= 0 && b != '\n'; b = in.read()) {
            if (line.size() >= MAX_LINE) {
                throw new ProblemException(file, number, 1, "the line is longer than " + (MAX_LINE >> 20) + " MiB");
            }
            line.write(b);
        }
        var text = Utf8.decode(file, line.toByteArray(), number);
        return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
