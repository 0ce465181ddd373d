package dev.promptlab.web;

/// What a caller must be allowed to do to use a [Route].
public interface Access {
    /// For everybody, known or not.
    Access PUBLIC = () -> "public";

    /// As the OpenAPI document says it in `x-permission`: `jobs:read`
    String code();
}
