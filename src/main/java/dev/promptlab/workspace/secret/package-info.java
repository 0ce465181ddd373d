/// Secrets of workspaces at rest. Read [MasterKey]. What is stored sealed can be opened only with the master key of this
/// installation, and only for the workspace and purpose that it was sealed for. Every feature may use it. Depends on the ground.
@NullMarked
package dev.promptlab.workspace.secret;

import org.jspecify.annotations.NullMarked;
