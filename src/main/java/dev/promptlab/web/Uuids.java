package dev.promptlab.web;

import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/// Ids as clients write them: the full form only ([UUID#fromString] takes `1-1-1-1-1` too).
public final class Uuids {
    private static final Pattern FORM = Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

    private Uuids() {}

    public static Optional<UUID> parse(String text) {
        return FORM.matcher(text).matches() ? Optional.of(UUID.fromString(text)) : Optional.empty();
    }
}
