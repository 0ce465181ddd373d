package dev.promptlab.provider;

import java.util.UUID;

/// Who calls what with whose key.
public interface ProviderSource {
    /// What a workspace may use now.
    Offer offer(UUID workspaceId);

    /// The provider that calls with one certain key, never with another's.
    ///
    /// @param keyScope as [Providers.Endpoint#keyScope] was when the work was taken in
    /// @throws NotConfiguredException when that key is not there any more
    Providers.Endpoint require(UUID workspaceId, String name, String keyScope);

    /// There is nothing to call with. The message is for whoever gave the work.
    final class NotConfiguredException extends RuntimeException {
        private static final long serialVersionUID = 1;

        public NotConfiguredException(String message) {
            super(message, null, false, false);
        }
    }
}
