package dev.promptlab;

/// Entry point.
public final class PromptLab {
    private PromptLab() {}

    public static void main(String[] args) {
        System.exit(0);
    }
}
