package dev.promptlab.event;

import java.util.List;

/// What one statement did: the events of all its jobs, in any workspaces.
record Row(long seq, List<JobEvent> events) {}
