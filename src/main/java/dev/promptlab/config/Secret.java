package dev.promptlab.config;

/// A value that never shows itself: prints as `***`.
public record Secret(String value) {
    @Override
    public String toString() {
        return "***";
    }
}
