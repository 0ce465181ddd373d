/// Anthropic's Messages API, version 2023-06-01. Read [AnthropicFormat] first.
@NullMarked
package dev.promptlab.provider.anthropic;

import org.jspecify.annotations.NullMarked;
