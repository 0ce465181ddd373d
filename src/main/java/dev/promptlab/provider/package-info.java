/// Calls out to language models behind one port, and what a call costs.
///
/// Read [Provider] first, then [ProviderReply] and [Providers]. Wire formats live in the sub-packages `anthropic`, `openai`
/// and `mock`; nothing outside this package knows them. [HttpProvider] joins a [WireFormat] to [HttpCalls], [PriceTable]
/// turns usage into money. A call never touches the database and never retries: the queue does that.
@NullMarked
package dev.promptlab.provider;

import org.jspecify.annotations.NullMarked;
