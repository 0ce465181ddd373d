package dev.promptlab.web;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

import io.javalin.http.Context;
import org.jspecify.annotations.Nullable;

/// The web UI, from the jar. Names with a hash of their content (`assets/`) may be kept for good; everything else is asked
/// for again each time and costs a 304. A path without a dot is a page of the UI, which finds it by itself; a
/// build without the UI answers all of them with one plain page. Thread-safe.
public final class WebUi {
    private static final String CONTENT_SECURITY_POLICY = "default-src 'self'; style-src 'self' 'unsafe-inline'; "
            + "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
    private static final String INDEX = "index.html";
    private static final String HASHED = "assets/";
    /// A name is words with single dots and slashes between.
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_./-]+");
    private static final Pattern NOT_BETWEEN = Pattern.compile("^[./]|[./]{2}|[./]$");
    private static final Map<String, String> TYPES = Map.of("html", "text/html; charset=utf-8", "js",
            "text/javascript; charset=utf-8", "css", "text/css; charset=utf-8", "svg", "image/svg+xml", "woff2",
            "font/woff2", "txt", "text/plain; charset=utf-8");
    private static final int TAG_LENGTH = 32;

    private static final class Stored {
        private final byte[] bytes;
        private final @Nullable String encoding;
        private final String tag;

        /// @param encoding null = as it is
        Stored(byte[] bytes, @Nullable String encoding) {
            this.bytes = bytes;
            this.encoding = encoding;
            this.tag = WebUi.tag(bytes);
        }
    }

    private final String folder;
    private final boolean built;
    private final Map<String, Stored> files = new ConcurrentHashMap<>();

    /// The UI of this build.
    public WebUi() {
        this("/web/ui/");
    }

    /// @param folder of resources, ends with `/`
    WebUi(String folder) {
        this.folder = folder;
        this.built = WebUi.class.getResource(folder + INDEX) != null;
    }

    public List<Route> routes() {
        return List.of(Route.get("/app/", Access.PUBLIC, this::page),
                Route.get("/app/<path>", Access.PUBLIC, this::pageOrFile));
    }

    private void pageOrFile(Context ctx) {
        var path = ctx.pathParam("path");
        if ((path + "/").startsWith(HASHED) || path.contains(".")) {
            file(ctx, path);
        } else {
            page(ctx);
        }
    }

    private static boolean isPlain(String name) {
        return NAME.matcher(name).matches() && !NOT_BETWEEN.matcher(name).find();
    }

    private void page(Context ctx) {
        ctx.header("Content-Security-Policy", CONTENT_SECURITY_POLICY);
        ctx.header("Cross-Origin-Opener-Policy", "same-origin");
        if (built) {
            file(ctx, INDEX);
        } else {
            ctx.contentType("text/html; charset=utf-8").result(read("/web/app.html").orElseThrow());
        }
    }

    private void file(Context ctx, String name) {
        var type = TYPES.get(name.substring(name.lastIndexOf('.') + 1));
        var stored = type == null || !isPlain(name) ? Optional.<Stored>empty() : find(ctx, name);
        if (type == null || stored.isEmpty()) {
            throw new Failure.NotFound("there is no \"" + name + "\" here");
        }
        ctx.header("Cache-Control", name.startsWith(HASHED) ? "public, max-age=31536000, immutable" : "no-cache");
        ctx.header("Vary", "Accept-Encoding");
        answer(ctx, type, stored.get());
    }

    private static void answer(Context ctx, String type, Stored stored) {
        ctx.header("ETag", stored.tag);
        if (stored.tag.equals(ctx.header("If-None-Match"))) {
            ctx.status(304);
            return;
        }
        if (stored.encoding != null) {
            ctx.header("Content-Encoding", stored.encoding);
        }
        ctx.contentType(type).result(stored.bytes);
    }

    /// The smallest form of a file that the client takes.
    private Optional<Stored> find(Context ctx, String name) {
        var accepted = ctx.header("Accept-Encoding");
        return encoded(accepted, "br", name, ".br").or(() -> encoded(accepted, "gzip", name, ".gz"))
                .or(() -> load(name, null));
    }

    private Optional<Stored> encoded(@Nullable String accepted, String encoding, String name, String ending) {
        var takes = accepted != null && accepted.toLowerCase(Locale.ROOT).contains(encoding);
        return takes ? load(name + ending, encoding) : Optional.empty();
    }

    /// Only what exists is remembered, so that no request can fill the memory.
    private Optional<Stored> load(String name, @Nullable String encoding) {
        var known = files.get(name);
        if (known != null) {
            return Optional.of(known);
        }
        var loaded = read(folder + name).map(bytes -> new Stored(bytes, encoding));
        loaded.ifPresent(stored -> files.put(name, stored));
        return loaded;
    }

    private static String tag(byte[] bytes) {
        try {
            var digest = MessageDigest.getInstance("SHA-256").digest(bytes);
            return '"' + HexFormat.of().formatHex(digest).substring(0, TAG_LENGTH) + '"';
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static Optional<byte[]> read(String resource) {
        try (var stream = WebUi.class.getResourceAsStream(resource)) {
            return stream == null ? Optional.empty() : Optional.of(stream.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
