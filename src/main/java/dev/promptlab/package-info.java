/// PromptLab: versioned prompts as durable, exactly-accounted jobs.
///
/// Read [PromptLab] first: it is the parts list.
@NullMarked
package dev.promptlab;

import org.jspecify.annotations.NullMarked;
