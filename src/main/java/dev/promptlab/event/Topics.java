package dev.promptlab.event;

import java.util.List;
import java.util.UUID;

/// What somebody asks for: the events of all jobs, and those of single jobs with their text.
record Topics(boolean allJobs, List<UUID> jobs) {
    Topics {
        jobs = List.copyOf(jobs);
    }
}
