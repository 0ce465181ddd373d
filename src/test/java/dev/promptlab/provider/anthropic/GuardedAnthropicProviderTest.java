package dev.promptlab.provider.anthropic;

import java.util.List;

import dev.promptlab.egress.OutgoingUrls;
import dev.promptlab.egress.PinnedHttp;
import dev.promptlab.provider.HttpCalls;

/// Everything that the other path promises, on the path to base URLs that users entered.
class GuardedAnthropicProviderTest extends AnthropicProviderTest {
    private static final PinnedHttp HTTP = new PinnedHttp(OutgoingUrls.allowing(List.of("127.0.0.1")));

    @Override
    protected HttpCalls transport() {
        return HttpCalls.guarded(HTTP);
    }

    /// It keeps none.
    @Override
    protected int expectedConnections() {
        return 3;
    }
}
