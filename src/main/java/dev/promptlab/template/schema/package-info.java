/// Which variables a template version takes: JSON Schema 2020-12 or its shorthand, checked within bounds.
///
/// Read [VariablesSchema] first; nothing else is visible outside. Invariants: nothing is fetched, every check is bounded,
/// messages are in words and paths of ours. Knows the language only for what can be the name of a variable.
@NullMarked
package dev.promptlab.template.schema;

import org.jspecify.annotations.NullMarked;
