/// PromptLab: versioned prompts as durable, exactly-accounted jobs.
///
/// Read [Server] first: it is the parts list. [PromptLab] is where the process starts.
@NullMarked
package dev.promptlab;

import org.jspecify.annotations.NullMarked;
