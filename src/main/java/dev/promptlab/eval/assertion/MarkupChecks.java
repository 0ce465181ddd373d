package dev.promptlab.eval.assertion;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamException;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.re2j.Pattern;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.TextNode;
import org.jspecify.annotations.Nullable;

/// XML and HTML, whole outputs and parts.
final class MarkupChecks {
    private static final int MAX_HTML = 10 << 20;
    private static final Pattern INTERNAL_SUBSET = Pattern.compile("<!DOCTYPE[^>\\[]*\\[");
    private static final XMLInputFactory XML = factory();
    private static final Pattern OPENING = Pattern.compile("<[a-zA-Z][a-zA-Z0-9-]*(?:\\s[^>]*)?>");
    private static final Pattern CLOSING = Pattern.compile("</[a-zA-Z][a-zA-Z0-9-]*\\s*>");
    private static final List<Pattern> ONE_SIGN = List.of(
            Pattern.compile("<[a-zA-Z][a-zA-Z0-9-]*(?:\\s[^>]*)?/>"),
            Pattern.compile("&(?:[a-zA-Z]+|#[0-9]+|#x[0-9a-fA-F]+);"), Pattern.compile("(?s)<!--.*?-->"),
            Pattern.compile("\\s[a-zA-Z-]+=\\s*(?:\"[^\"]*\"|'[^']*')"));
    private static final List<Pattern> TWO_SIGNS = List.of(Pattern.compile("(?i)<!DOCTYPE\\s+html"), Pattern.compile(
            "(?i)<(?:html|head|body|div|span|p|a|img|h[1-6]|ul|ol|li|table|tr|td|th|form|input|button|script|style|link|meta|br|hr)\\b"));
    private static final Set<String> WRAPPERS = Set.of("html", "head", "body");
    private static final Set<String> HTML = Set
            .of(("title base link meta style article section nav aside h1 h2 h3 h4 h5 h6"
                    + " header footer address p hr pre blockquote ol ul li dl dt dd figure figcaption main div a em strong small s cite"
                    + " q dfn abbr ruby rt rp data time code var samp kbd sub sup i b u mark bdi bdo span br wbr img iframe embed object"
                    + " param picture source video audio track map area svg math script noscript canvas ins del table caption colgroup"
                    + " col tbody thead tfoot tr td th form label input button select datalist optgroup option textarea output progress"
                    + " meter fieldset legend details summary dialog menu slot template").split(" "));

    private MarkupChecks() {}

    private static XMLInputFactory factory() {
        var factory = XMLInputFactory.newFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        return factory;
    }

    static Grade isXml(Check check) {
        var wrong = xmlProblem(check.text());
        if (wrong != null) {
            return check.verdict(false, "be XML: " + wrong);
        }
        var root = Markup.elements(check.text());
        var missing = missing(root.isEmpty() ? List.of() : root.getFirst(), required(check.value()));
        return check.verdict(missing.isEmpty(),
                "be XML" + (missing.isEmpty() ? "" : " with " + String.join(", ", missing)));
    }

    private static @Nullable String xmlProblem(String text) {
        if (INTERNAL_SUBSET.matcher(text).find()) {
            return "a document type with declarations of its own is not read";
        }
        try {
            var reader = XML.createXMLStreamReader(new StringReader(text));
            while (reader.hasNext()) {
                reader.next();
            }
            return null;
        } catch (XMLStreamException e) {
            var at = e.getLocation();
            var message = String.valueOf(e.getMessage());
            return "line " + at.getLineNumber() + ", column " + at.getColumnNumber() + ": "
                    + message.substring(message.indexOf("Message: ") + 1).replace("essage: ", "").strip();
        }
    }

    /// All that stand side by side together, or one of them, must have what is required.
    static Grade containsXml(Check check) {
        var required = required(check.value());
        for (var siblings : Markup.elements(check.text())) {
            if (missing(siblings, required).isEmpty()
                    || siblings.stream().anyMatch(each -> missing(List.of(each), required).isEmpty())) {
                return check.verdict(true, "contain XML");
            }
        }
        return check.verdict(false, "contain XML" + (required.isEmpty() ? "" : " with " + String.join(", ", required)));
    }

    private static List<String> missing(List<Markup.Element> siblings, List<String> required) {
        return required.stream().filter(path -> !Markup.has(siblings, path)).toList();
    }

    private static List<String> required(JsonNode value) {
        if (value.isTextual()) {
            return List.of(value.textValue().strip().split("\\s*,\\s*"));
        }
        var list = value.isObject() ? value.path("requiredElements") : value;
        var paths = new ArrayList<String>();
        list.forEach(item -> paths.add(Values.text(item)));
        return paths;
    }

    static Grade isHtml(Check check) {
        var wrong = htmlProblem(check.text().strip());
        return check.verdict(wrong == null, "be HTML" + (wrong == null ? "" : ": " + wrong));
    }

    private static @Nullable String htmlProblem(String text) {
        if (text.isEmpty() || text.length() > MAX_HTML) {
            return text.isEmpty() ? "it is empty" : "it is larger than 10 MB";
        }
        var lower = text.toLowerCase(Locale.ROOT);
        if (lower.startsWith("<?xml")) {
            return "it is XML";
        }
        var document = Jsoup.parse(text);
        if (!isWritten("body", lower) && document.body().childNodes().stream()
                .anyMatch(node -> node instanceof TextNode words && !words.isBlank())) {
            return "there is text outside of any element";
        }
        return document.getAllElements().stream().map(Element::normalName).anyMatch(name -> isOwn(name, lower)) ? null
                : "there is no element of HTML";
    }

    /// The parser adds `html`, `head` and `body` where they are missing.
    private static boolean isOwn(String name, String lower) {
        return WRAPPERS.contains(name) ? isWritten(name, lower) : HTML.contains(name) || name.contains("-");
    }

    private static boolean isWritten(String wrapper, String lower) {
        return Pattern.compile("<" + wrapper + "[\\s>/]").matcher(lower).find();
    }

    static Grade containsHtml(Check check) {
        return check.verdict(check.text().length() <= MAX_HTML && signs(check.text()) >= 2, "contain HTML");
    }

    private static int signs(String text) {
        int signs = OPENING.matcher(text).find() ? 1 : 0;
        signs += CLOSING.matcher(text).find() ? 1 : 0;
        signs += (int) ONE_SIGN.stream().filter(sign -> sign.matcher(text).find()).count();
        return signs + 2 * (int) TWO_SIGNS.stream().filter(sign -> sign.matcher(text).find()).count();
    }
}
