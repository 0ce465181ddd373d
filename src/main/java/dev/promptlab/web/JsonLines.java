package dev.promptlab.web;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.OptionalLong;
import java.util.function.Consumer;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;

/// Answers of any length as JSON Lines, one object a line, written as they come. The last line says that it is the last:
/// `{"end":true,"lines":n}`, or `{"error":{...}}` when something went wrong on the way, since the status has been sent by then.
public final class JsonLines {
    private static final String DISPOSITION = "Content-Disposition";
    private static final byte[] NEWLINE = {'\n'};

    private final OutputStream out;
    private long lines;

    private JsonLines(OutputStream out) {
        this.out = out;
    }

    /// Answers 200 with what `content` writes. To HEAD it says only what would come.
    ///
    /// @param fileName what a browser saves it as, without `.jsonl`
    /// @param content writes objects; when the client is gone, writing throws [UncheckedIOException]
    /// @return how many objects; empty when the client did not get all of it
    public static OptionalLong answer(Context ctx, String fileName, Consumer<Consumer<ObjectNode>> content) {
        ctx.status(200).contentType("application/x-ndjson");
        ctx.header(DISPOSITION, "attachment; filename=\"" + fileName + ".jsonl\"");
        if (ctx.method().equals(HandlerType.HEAD)) {
            return OptionalLong.empty();
        }
        try {
            return new JsonLines(ctx.res().getOutputStream()).write(ctx, content);
        } catch (IOException | UncheckedIOException e) {
            return OptionalLong.empty(); // the client is gone
        }
    }

    private OptionalLong write(Context ctx, Consumer<Consumer<ObjectNode>> content) throws IOException {
        try {
            content.accept(this::line);
        } catch (UncheckedIOException e) {
            throw e;
        } catch (RuntimeException e) {
            if (lines == 0) {
                ctx.res().setHeader(DISPOSITION, null);
                throw e;
            }
            line(ErrorEnvelope.body(Problem.of(e, ctx), Http.requestId(ctx)));
            return OptionalLong.empty();
        }
        line(Json.object().put("end", true).put("lines", lines));
        out.flush();
        return OptionalLong.of(lines - 1);
    }

    private void line(ObjectNode object) {
        try {
            out.write(Json.bytes(object));
            out.write(NEWLINE);
            lines++;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
