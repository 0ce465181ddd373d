package dev.promptlab.provider;

import java.util.List;
import java.util.Optional;

/// The providers that somebody may use.
public interface Offer {
    /// Empty when there is no such provider, or when it has no key; [#known] tells the difference.
    Optional<Providers.Endpoint> find(String name);

    /// Names that [#find] finds; `mock` is the last.
    List<String> configured();

    /// Every name that means something, also those without a key.
    List<String> known();

    /// For requests that name none; the name may stand for a provider without a key.
    Optional<String> defaultProvider();
}
