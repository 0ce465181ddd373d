package dev.promptlab.event;

import java.util.HexFormat;
import java.util.Optional;

/// Where an event stands: its row, and its place in it, from 1. As text always 18 hexadecimal digits, so that texts sort as ids do.
/// Place 0 stands before a row: a mark from which to go on.
record EventId(long seq, int place) implements Comparable<EventId> {
    private static final int LENGTH = 18;
    private static final int PLACE_LENGTH = 6;

    /// After every event of the rows below `seq`.
    static EventId before(long seq) {
        return new EventId(seq, 0);
    }

    static Optional<EventId> parse(String text) {
        if (text.length() != LENGTH || !text.chars().allMatch(HexFormat::isHexDigit)) {
            return Optional.empty();
        }
        int cut = LENGTH - PLACE_LENGTH;
        return Optional.of(new EventId(HexFormat.fromHexDigitsToLong(text, 0, cut),
                HexFormat.fromHexDigits(text, cut, LENGTH)));
    }

    @Override
    public int compareTo(EventId other) {
        int bySeq = Long.compare(seq, other.seq);
        return bySeq != 0 ? bySeq : Integer.compare(place, other.place);
    }

    boolean isAfter(EventId other) {
        return compareTo(other) > 0;
    }

    @Override
    public String toString() {
        return HexFormat.of().toHexDigits(seq, LENGTH - PLACE_LENGTH)
                + HexFormat.of().toHexDigits(place, PLACE_LENGTH);
    }
}
