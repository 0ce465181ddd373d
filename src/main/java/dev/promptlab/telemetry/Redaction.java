package dev.promptlab.telemetry;

import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.encoder.EncoderBase;

import static java.nio.charset.StandardCharsets.UTF_8;

/// Takes secrets out of lines before they are written: those of the settings wherever they stand, and whatever looks like a key,
/// a token or the password in a URL. The last line of defence: nothing logs them on purpose.
final class Redaction<E> extends EncoderBase<E> {
    private static final String HIDDEN = "***";
    /// Each alternative keeps what its look-behind names.
    private static final List<String> SHAPES = List.of(
            "\\bpls?_[A-Za-z0-9_-]{20,}", // API keys and set-up tokens
            "\\bwhsec_[A-Za-z0-9_-]{20,}", "\\bsk-[A-Za-z0-9_-]{16,}",
            "\\beyJ[A-Za-z0-9_-]{10,}\\.[A-Za-z0-9_-]{10,}\\.[A-Za-z0-9_-]{10,}",
            "(?<=[Bb]earer )[A-Za-z0-9._~+/=-]{16,}", "(?<=://[^\\s:/@]{1,64}:)[^\\s/@]{1,256}(?=@)",
            "(?<=://:)[^\\s/@]{1,256}(?=@)");
    /// Shorter ones are words that may stand anywhere.
    private static final int TELLING = 8;

    private final Encoder<E> inner;
    private final Pattern secrets;

    /// @param known secrets of the settings
    Redaction(Encoder<E> inner, Collection<String> known) {
        this.inner = inner;
        this.secrets = Pattern.compile(Stream.concat(
                known.stream().filter(secret -> secret.length() >= TELLING).map(Pattern::quote), SHAPES.stream())
                .collect(Collectors.joining("|")));
    }

    @Override
    public byte[] encode(E event) {
        var line = new String(inner.encode(event), UTF_8);
        var match = secrets.matcher(line);
        return (match.find() ? match.replaceAll(HIDDEN) : line).getBytes(UTF_8);
    }

    @Override
    public byte[] headerBytes() {
        return inner.headerBytes();
    }

    @Override
    public byte[] footerBytes() {
        return inner.footerBytes();
    }
}
