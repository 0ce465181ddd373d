/// Live updates: what happens to jobs, from the rows that the statements of `job` write to the streams of those who listen. Read
/// [dev.promptlab.event.Order] first, then [dev.promptlab.event.Events] and [dev.promptlab.event.Follower]. Always: an event has one
/// id on every node and ids rise in the order of what happened; a stream leaves nothing out and says nothing twice, wherever it goes
/// on; nothing is kept for a client beyond its mailbox; rows carry several workspaces, so each event is compared with the workspace of
/// its reader here. Depends on `workspace.access` and the ground.
@NullMarked
package dev.promptlab.event;

import org.jspecify.annotations.NullMarked;
