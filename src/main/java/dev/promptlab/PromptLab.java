package dev.promptlab;

import dev.promptlab.cli.Commands;

/// Entry point: picks the command.
public final class PromptLab {
    private PromptLab() {}

    public static void main(String[] args) {
        System.exit(Commands.run(args, System.getenv()));
    }
}
