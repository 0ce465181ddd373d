/// The template language: a safe subset of Jinja and Nunjucks over JSON values.
///
/// Read [TemplateText] first; [Lexer] and [Parser] build its tree ([Node], [Expr]), [Renderer] walks it. Invariants: values
/// are data and are never read as template again; nothing is called, included or fetched; each rendering is bounded in steps
/// and size; the same source and variables always give the same text.
///
/// Where it departs from Jinja: what is undefined is reported wherever it is needed, conditions and loops included, so
/// optional variables are asked for with `is defined` or given a `default`; line ends stay as written, the last one
/// included; `null` prints nothing, `true` and `false` print in lower case; lists and objects print as compact JSON; `round`
/// gives `4` and not `4.0`; numbers and booleans are never equal; text is neither looped over nor indexed; filter arguments
/// go by position.
@NullMarked
package dev.promptlab.template.language;

import org.jspecify.annotations.NullMarked;
