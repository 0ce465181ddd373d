package dev.promptlab.job;

import java.util.Optional;
import java.util.stream.IntStream;

/// Something that happens to the queue. Jobs and claims are named by how many came after them, so that a sequence keeps its
/// meaning while it shrinks.
sealed interface QueueStep {
    void run(QueueUnderTest queue);

    record Submit(int workspace, int input, int lane, Priority priority, int maxAttempts, boolean later,
            boolean fresh) implements QueueStep {
        @Override
        public void run(QueueUnderTest queue) {
            queue.submit(workspace, input, lane, priority, maxAttempts, later, fresh);
        }
    }

    record Claim(int worker, int wanted) implements QueueStep {
        @Override
        public void run(QueueUnderTest queue) {
            queue.claim("worker-" + worker, wanted);
        }
    }

    /// @param shift 0 = with the right epoch of that claim
    record Settle(int claim, int shift, Reply reply) implements QueueStep {
        @Override
        public void run(QueueUnderTest queue) {
            queue.claimed(claim).ifPresent(job -> queue.settle(job, shift, reply));
        }
    }

    /// Of the latest claims.
    record Heartbeat(int claims) implements QueueStep {
        @Override
        public void run(QueueUnderTest queue) {
            queue.heartbeat(IntStream.range(0, claims).mapToObj(queue::claimed).flatMap(Optional::stream).toList());
        }
    }

    record Release(int claim, int shift) implements QueueStep {
        @Override
        public void run(QueueUnderTest queue) {
            queue.claimed(claim).ifPresent(job -> queue.release(job, shift));
        }
    }

    record SetLane(int lane, boolean paused, int cap) implements QueueStep {
        @Override
        public void run(QueueUnderTest queue) {
            queue.setLane(lane, paused, cap);
        }
    }

    record Cancel(int job) implements QueueStep {
        @Override
        public void run(QueueUnderTest queue) {
            queue.job(job).ifPresent(queue::cancel);
        }
    }

    record Retry(int job) implements QueueStep {
        @Override
        public void run(QueueUnderTest queue) {
            queue.job(job).ifPresent(queue::retry);
        }
    }

    record Redrive(int workspace, boolean slowly) implements QueueStep {
        @Override
        public void run(QueueUnderTest queue) {
            queue.redrive(workspace, slowly);
        }
    }

    record Purge(int workspace) implements QueueStep {
        @Override
        public void run(QueueUnderTest queue) {
            queue.purge(workspace);
        }
    }

    record LeasePasses(int job) implements QueueStep {
        @Override
        public void run(QueueUnderTest queue) {
            queue.job(job).ifPresent(queue::passLease);
        }
    }

    record WaitPasses(int job) implements QueueStep {
        @Override
        public void run(QueueUnderTest queue) {
            queue.job(job).ifPresent(queue::passWait);
        }
    }

    record DeadlinePasses(int job) implements QueueStep {
        @Override
        public void run(QueueUnderTest queue) {
            queue.job(job).ifPresent(queue::passDeadline);
        }
    }

    record Sweep() implements QueueStep {
        @Override
        public void run(QueueUnderTest queue) {
            queue.sweep();
        }
    }

    record Expire() implements QueueStep {
        @Override
        public void run(QueueUnderTest queue) {
            queue.expire();
        }
    }

    record Promote() implements QueueStep {
        @Override
        public void run(QueueUnderTest queue) {
            queue.promote();
        }
    }
}
