package dev.promptlab.provider;

import org.jspecify.annotations.Nullable;

/// Puts the events of one stream together. For one thread.
public interface StreamReader {
    /// @throws CallFailedException when the event reports an error or cannot be read
    void accept(ServerSentEvent event) throws CallFailedException;

    /// Nothing that matters will follow.
    boolean finished();

    /// The provider has said why it stopped: the answer stands even if the stream ends here.
    boolean complete();

    /// Call it once [#complete].
    ///
    /// @throws CallFailedException when the provider refused the content
    ProviderReply.Answer answer(@Nullable String requestId) throws CallFailedException;

    /// What the provider has counted so far.
    @Nullable
    Usage usage();
}
