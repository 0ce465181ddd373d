/// Rate limits: how many requests one caller may make. Read [RateLimits], then [Windows] and what implements it: [LocalWindows] for
/// one process, [SharedWindows] for several. Invariants: no stretch of time as long as the window holds more admissions than the
/// limit, whatever fails (docs/adr/0016-rate-limits.md); what is in doubt counts as taken; a full window costs its caller nothing but
/// an answer. Depends on `workspace.access` and the ground.
@NullMarked
package dev.promptlab.limit.rate;

import org.jspecify.annotations.NullMarked;
