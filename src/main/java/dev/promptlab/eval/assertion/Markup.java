package dev.promptlab.eval.assertion;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/// Elements in a text that may be anything: a scan for tags that match, which knows no entities and no document type.
final class Markup {
    private static final int MAX_OPEN = 10_000;

    /// An element with what is inside of it.
    static final class Element {
        final String name;
        final int start;
        final List<String> attributes = new ArrayList<>();
        final List<Element> children = new ArrayList<>();
        int end;

        Element(String name, int start) {
            this.name = name;
            this.start = start;
        }
    }

    private final String text;
    private final List<Element> open = new ArrayList<>();
    /// Closed elements whose parent is no element, or one that is never closed.
    private final List<List<Element>> groups = new ArrayList<>();

    private Markup(String text) {
        this.text = text;
    }

    /// The outermost elements, side by side in one list where they have the same parent.
    static List<List<Element>> elements(String text) {
        var scan = new Markup(text);
        var root = new Element("", -1);
        scan.open.add(root);
        scan.scan();
        scan.abandon(0);
        return scan.groups;
    }

    /// Whether `a.b.c` leads somewhere: a child's name, the number of one of several, or `@_name` of an attribute.
    static boolean has(List<Element> siblings, String path) {
        var steps = path.split("\\.", -1);
        return has(siblings, null, steps, 0);
    }

    private static boolean has(List<Element> siblings, @Nullable Element parent, String[] steps, int at) {
        if (at == steps.length) {
            return true;
        }
        var step = steps[at];
        if (step.startsWith("@_")) {
            return parent != null && parent.attributes.contains(step.substring(2)) && at == steps.length - 1;
        }
        var named = siblings.stream().filter(each -> each.name.equals(step)).toList();
        if (named.size() <= 1) {
            return !named.isEmpty() && has(named.getFirst().children, named.getFirst(), steps, at + 1);
        }
        if (at + 1 == steps.length) {
            return true;
        }
        return steps[at + 1].matches("0|[1-9][0-9]{0,6}") && Integer.parseInt(steps[at + 1]) < named.size()
                && has(named.get(Integer.parseInt(steps[at + 1])).children, named.get(Integer.parseInt(steps[at + 1])),
                        steps, at + 2);
    }

    private void scan() {
        int at = text.indexOf('<');
        while (at >= 0) {
            int end = tag(at);
            at = text.indexOf('<', end);
        }
    }

    private int tag(int start) {
        for (var skipped : List.of(List.of("<!--", "-->"), List.of("<![CDATA[", "]]>"), List.of("<?", "?>"))) {
            if (text.startsWith(skipped.getFirst(), start)) {
                int end = text.indexOf(skipped.getLast(), start);
                return end < 0 ? start + 1 : end + skipped.getLast().length();
            }
        }
        boolean closing = text.startsWith("</", start);
        int nameStart = start + (closing ? 2 : 1);
        int nameEnd = nameEnd(nameStart);
        int end = nameEnd == nameStart ? -1 : tagEnd(nameEnd);
        if (end < 0) {
            return start + 1;
        }
        var name = text.substring(nameStart, nameEnd);
        if (closing) {
            close(name, end);
        } else {
            open(new Element(name, start), nameEnd, end);
        }
        return end;
    }

    private void open(Element element, int nameEnd, int end) {
        attributes(element, nameEnd, end - 1);
        if (text.charAt(end - 2) == '/') {
            element.end = end;
            open.getLast().children.add(element);
        } else if (open.size() < MAX_OPEN) {
            open.add(element);
        }
    }

    private void close(String name, int end) {
        var last = open.getLast();
        if (open.size() > 1 && last.name.equals(name)) {
            last.end = end;
            open.removeLast();
            open.getLast().children.add(last);
        } else {
            abandon(1);
        }
    }

    /// The open elements from a depth on are none after all; what was inside of them stands for itself.
    private void abandon(int depth) {
        while (open.size() > depth) {
            var given = open.removeLast();
            if (!given.children.isEmpty()) {
                groups.addFirst(given.children);
            }
        }
    }

    private int nameEnd(int from) {
        int at = from;
        while (at < text.length()
                && (Character.isLetterOrDigit(text.charAt(at)) || "_:-.".indexOf(text.charAt(at)) >= 0)) {
            at++;
        }
        return at > from && (Character.isLetter(text.charAt(from)) || text.charAt(from) == '_') ? at : from;
    }

    /// After the `>`, which may not stand inside quotes; -1 = there is none.
    private int tagEnd(int from) {
        char quote = 0;
        for (int at = from; at < text.length(); at++) {
            char c = text.charAt(at);
            if (quote != 0) {
                quote = c == quote ? 0 : quote;
            } else if (c == '"' || c == '\'') {
                quote = c;
            } else if (c == '>') {
                return at + 1;
            } else if (c == '<') {
                return -1;
            }
        }
        return -1;
    }

    private void attributes(Element element, int from, int to) {
        for (int at = from; at < to; at++) {
            int end = nameEnd(at);
            if (end > at) {
                element.attributes.add(text.substring(at, end));
                at = skipValue(end, to);
            }
        }
    }

    private int skipValue(int from, int to) {
        int at = from;
        if (at + 1 < to && text.charAt(at) == '=') {
            char quote = text.charAt(at + 1);
            int end = text.indexOf(quote, at + 2);
            at = (quote == '"' || quote == '\'') && end >= 0 ? end : at + 1;
        }
        return at;
    }
}
