package dev.promptlab.template.language;

/// Why a rendering cannot go on, before the [Renderer] adds the place.
final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1;

    Refused(String problem) {
        super(problem, null, false, false);
    }
}
