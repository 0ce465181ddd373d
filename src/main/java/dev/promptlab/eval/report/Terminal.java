package dev.promptlab.eval.report;

import java.io.Console;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// What is on the other end of standard output.
///
/// @param interactive lines may be written over
/// @param width in characters
public record Terminal(PrintStream out, boolean interactive, boolean colours, int width) {
    private static final int USUAL = 100;
    private static final int NARROWEST = 40;

    /// Of this process. `NO_COLOR` (any value) turns colours off, `COLUMNS` sets the width.
    public static Terminal of(Map<String, String> environment, PrintStream out) {
        var interactive = Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent()
                && !"dumb".equals(environment.get("TERM"));
        var colours = interactive && environment.getOrDefault("NO_COLOR", "").isEmpty();
        return new Terminal(out, interactive, colours, width(environment, interactive));
    }

    private static int width(Map<String, String> environment, boolean interactive) {
        var set = environment.getOrDefault("COLUMNS", "");
        if (set.matches("\\d{1,4}")) {
            return Math.max(NARROWEST, Integer.parseInt(set));
        }
        return interactive ? Math.max(NARROWEST, asked()) : USUAL;
    }

    /// What `stty` says, as the JDK does not know.
    private static int asked() {
        if (!Files.isReadable(Path.of("/dev/tty"))) {
            return USUAL;
        }
        try {
            var stty = new ProcessBuilder("stty", "size").redirectInput(Path.of("/dev/tty").toFile()).start();
            var words = new String(stty.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip().split(" ");
            return stty.waitFor(1, TimeUnit.SECONDS) && words.length == 2 ? Integer.parseInt(words[1]) : USUAL;
        } catch (IOException | NumberFormatException e) {
            return USUAL;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return USUAL;
        }
    }

    enum Colour {
        RED(31), GREEN(32), YELLOW(33), DIM(2), BOLD(1);

        private final int code;

        Colour(int code) {
            this.code = code;
        }
    }

    String colour(Colour colour, String text) {
        return colours ? "\u001b[" + colour.code + "m" + text + "\u001b[0m" : text;
    }
}
