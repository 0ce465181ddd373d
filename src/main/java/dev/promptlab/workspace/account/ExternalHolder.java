package dev.promptlab.workspace.account;

import java.util.UUID;

import dev.promptlab.workspace.access.Role;

/// Who showed a token of the external issuer. There is no account; the issuer says which workspace they work in and what they are
/// there.
///
/// @param subject unique at the issuer
/// @param name for histories: the name, else the e-mail address, else the subject
public record ExternalHolder(String subject, String name, UUID workspaceId, Role role) {}
