/// OpenAI's Chat Completions API, which many vendors and local servers speak too. Read [OpenAiFormat] first.
@NullMarked
package dev.promptlab.provider.openai;

import org.jspecify.annotations.NullMarked;
