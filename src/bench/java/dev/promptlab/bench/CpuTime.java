package dev.promptlab.bench;

import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// CPU time used so far: what remains comparable when the machine has other things to do.
///
/// @param jvm of this process
/// @param postgres by process of the server; sessions that ended since are missing
public record CpuTime(Duration jvm, Map<Long, Duration> postgres) {
    static CpuTime now(long postmaster) {
        var server = ProcessHandle.of(postmaster).stream()
                .flatMap(process -> Stream.concat(Stream.of(process), process.descendants()));
        return new CpuTime(of(ProcessHandle.current()),
                server.collect(Collectors.toMap(ProcessHandle::pid, CpuTime::of)));
    }

    private static Duration of(ProcessHandle process) {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    public double jvmMicrosSince(CpuTime earlier) {
        return jvm.minus(earlier.jvm).toNanos() / 1e3;
    }

    public double postgresMicrosSince(CpuTime earlier) {
        return postgres.entrySet().stream().map(
                one -> one.getValue().minus(earlier.postgres.getOrDefault(one.getKey(), Duration.ZERO)))
                .mapToDouble(Duration::toNanos).sum() / 1e3;
    }
}
