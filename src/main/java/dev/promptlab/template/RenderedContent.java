package dev.promptlab.template;

import java.util.List;
import java.util.Map;

import dev.promptlab.provider.Message;

/// A prompt after filling, with what was wrong on the way.
///
/// @param messages up to the place of the error where there is one
/// @param missing why each undefined variable was needed, by its path as in `user.name`
/// @param errors what else is wrong, by path of the text (`userPrompt`) or variable (`variables.conversation[0].role`)
record RenderedContent(List<Message> messages, Map<String, String> missing, Map<String, List<String>> errors) {}
