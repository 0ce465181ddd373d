/// Templates: named prompts in immutable versions, with movable labels and a schema of their variables.
///
/// Read [Templates] first, then [PromptVersion], which is what a job takes from here. [Content] is what a version holds,
/// [CompiledContent] the same ready to render, [dev.promptlab.template.schema.VariablesSchema] the check of the variables. Invariants: a version never
/// changes; version numbers have no gaps; a label always points to a version that exists; who moved a label, and from where,
/// is kept for good. Depends on `provider` (messages), `workspace.access` and the ground. The language is in `language`.
@NullMarked
package dev.promptlab.template;

import org.jspecify.annotations.NullMarked;
