package dev.promptlab.provider;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class EventParserTest {
    private static final String SAMPLE = "\uFEFF: hello\r\nevent: delta\r\ndata: wörld ☃\r\n\r\ndata:a\rdata\rdata:  b\r\rid: 7\n\nretry: 5\ndata: c\n\ndata: lost";
    private static final List<ServerSentEvent> SAMPLE_EVENTS = List.of(new ServerSentEvent("delta", "wörld ☃"),
            new ServerSentEvent("message", "a\n\n b"), new ServerSentEvent("message", "c"));

    private static List<ServerSentEvent> parse(byte[] bytes, int pieceSize) {
        var events = new ArrayList<ServerSentEvent>();
        var parser = new EventParser();
        for (var from = 0; from < bytes.length; from += pieceSize) {
            parser.accept(Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + pieceSize)), events::add);
        }
        return events;
    }

    @Test
    void linesEndInThreeWaysAndOnlyWholeEventsCount() {
        assertThat(parse(SAMPLE.getBytes(StandardCharsets.UTF_8), 1_000)).isEqualTo(SAMPLE_EVENTS);
    }

    @Property
    void itDoesNotMatterWhereThePiecesEnd(@ForAll @IntRange(min = 1, max = 100) int pieceSize) {
        assertThat(parse(SAMPLE.getBytes(StandardCharsets.UTF_8), pieceSize)).isEqualTo(SAMPLE_EVENTS);
    }

    @Test
    void anEventNameDoesNotOutliveItsEvent() {
        assertThat(parse("event: a\n\ndata: x\n\n".getBytes(StandardCharsets.UTF_8), 100))
                .containsExactly(new ServerSentEvent("message", "x"));
    }
}
