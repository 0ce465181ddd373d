/// A provider for demos and tests: deterministic, without key or network. Read [MockProvider] first.
@NullMarked
package dev.promptlab.provider.mock;

import org.jspecify.annotations.NullMarked;
