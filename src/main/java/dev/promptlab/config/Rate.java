package dev.promptlab.config;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/// At most so many requests in any stretch of time as long as the window, spelled `100/1m`.
///
/// @param requests 1 to a million
/// @param window 100 ms to an hour, in whole milliseconds
public record Rate(int requests, Duration window) {
    public static final int MAX_REQUESTS = 1_000_000;
    public static final Duration MIN_WINDOW = Duration.ofMillis(100);
    public static final Duration MAX_WINDOW = Duration.ofHours(1);
    /// For messages.
    public static final String FORM = "a number of requests and a window of 100ms to 1h such as 100/1m";
    private static final Pattern REQUESTS = Pattern.compile("[1-9]\\d{0,6}");

    public Rate {
        if (requests < 1 || requests > MAX_REQUESTS || window.compareTo(MIN_WINDOW) < 0
                || window.compareTo(MAX_WINDOW) > 0) {
            throw new IllegalArgumentException("a rate must be " + FORM);
        }
    }

    /// Empty when the text is not of the form.
    public static Optional<Rate> parse(String text) {
        var parts = text.strip().split("/", -1);
        if (parts.length != 2 || !REQUESTS.matcher(parts[0]).matches()) {
            return Optional.empty();
        }
        int requests = Integer.parseInt(parts[0]);
        return Durations.parse(parts[1]).filter(window -> requests <= MAX_REQUESTS
                && window.compareTo(MIN_WINDOW) >= 0 && window.compareTo(MAX_WINDOW) <= 0)
                .map(window -> new Rate(requests, window));
    }

    @Override
    public String toString() {
        return requests + "/" + Durations.format(window);
    }
}
