package dev.promptlab.event;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

/// What a stream carries, of one workspace.
///
/// @param types of all jobs
/// @param since the mark after which the events of all jobs go out; null = not of all jobs
/// @param jobs for each job whose events go out, with its text, the mark after which they do
record Filter(UUID workspaceId, Set<EventType> types, @Nullable EventId since, Map<UUID, EventId> jobs) {
    Filter {
        types = Set.copyOf(types);
        jobs = Map.copyOf(jobs);
    }

    static Filter nothing(UUID workspaceId, Set<EventType> types) {
        return new Filter(workspaceId, types, null, Map.of());
    }

    /// With topics more; marks of those that are there already stay.
    ///
    /// @param allJobs the mark for the events of all jobs; null = leaves them as they are
    Filter plus(@Nullable EventId allJobs, Map<UUID, EventId> moreJobs) {
        var all = new HashMap<>(moreJobs);
        all.putAll(jobs);
        return new Filter(workspaceId, types, since == null ? allJobs : since, all);
    }

    Filter minus(Topics topics) {
        var left = new HashMap<>(jobs);
        left.keySet().removeAll(new HashSet<>(topics.jobs()));
        return new Filter(workspaceId, types, topics.allJobs() ? null : since, left);
    }

    int size() {
        return jobs.size();
    }

    /// Whether an event goes out that is later than all marks.
    boolean matches(JobEvent event) {
        return event.workspaceId().equals(workspaceId)
                && ((since != null && types.contains(event.type())) || jobs.containsKey(event.jobId()));
    }

    /// Whether an event of the past goes out, or has gone out.
    boolean matchesPast(JobEvent event) {
        var sinceOfJob = jobs.get(event.jobId());
        return event.workspaceId().equals(workspaceId)
                && ((since != null && types.contains(event.type()) && event.id().isAfter(since))
                        || (sinceOfJob != null && event.id().isAfter(sinceOfJob)));
    }
}
