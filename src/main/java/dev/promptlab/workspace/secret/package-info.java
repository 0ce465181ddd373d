/// Secrets of workspaces at rest. Read [DataKeys] (seal and open), then [MasterKey] (wraps data keys) and [Rotation] (changes it
/// while servers run). What is stored sealed can be opened only with a master key of this installation, and only for the
/// workspace and purpose that it was sealed for. Every feature may use it; each column with sealed values is a [SealedColumn].
/// Depends on the ground.
@NullMarked
package dev.promptlab.workspace.secret;

import org.jspecify.annotations.NullMarked;
