package dev.promptlab.job;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

import dev.promptlab.db.Database;
import dev.promptlab.db.Rounds;
import dev.promptlab.db.StorableText;
import dev.promptlab.db.Wakeup;
import dev.promptlab.job.TextStore.Piece;

/// The text of this process's jobs while it arrives. What is new is written every [#PAUSE], for all jobs in one row, so that who
/// comes late or comes back finds it. Jobs that answer sooner cost nothing. Thread-safe.
final class Texts implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofMillis(100);
    /// So that an event stays small beside what may wait for one client.
    private static final int MAX_PIECE = 16 << 10;

    private final Database db;
    private final Wakeup told;
    private final Set<Text> open = ConcurrentHashMap.newKeySet();
    private final Rounds rounds = new Rounds("texts", 1);

    private Texts(Database db, Wakeup told) {
        this.db = db;
        this.told = told;
    }

    /// @param told raised when something was written
    static Texts start(Database db, Wakeup told) {
        var texts = new Texts(db, told);
        texts.rounds.every(PAUSE, "writing the text of running jobs", texts::write);
        return texts;
    }

    /// For one attempt, which begins now.
    ///
    /// @param onFirst called when the first of it arrives
    Text open(ClaimedJob job, Runnable onFirst) {
        var text = new Text(job, onFirst);
        open.add(text);
        return text;
    }

    private synchronized void write() {
        var pieces = new ArrayList<Piece>();
        long now = System.nanoTime();
        open.forEach(text -> text.addNews(pieces, now));
        if (!pieces.isEmpty()) {
            db.autocommit(handle -> {
                TextStore.write(handle, pieces);
                return true;
            });
            open.forEach(Text::written);
            told.raise();
        }
    }

    @Override
    public void close() {
        rounds.close();
    }

    /// The text of one attempt.
    final class Text implements Consumer<String>, AutoCloseable {
        private final ClaimedJob job;
        private final long begunAt = System.nanoTime();
        private final StringBuilder news = new StringBuilder();
        private final Runnable onFirst;
        private boolean begun;
        private int offset;
        /// How much of the news is being written.
        private int underWay;

        private Text(ClaimedJob job, Runnable onFirst) {
            this.job = job;
            this.onFirst = onFirst;
        }

        @Override
        public synchronized void accept(String delta) {
            if (!begun) {
                begun = true;
                onFirst.run();
            }
            news.append(delta);
        }

        private synchronized void addNews(List<Piece> pieces, long now) {
            underWay = 0;
            if (now - begunAt < PAUSE.toNanos()) {
                return;
            }
            int end = wholeCharacters(news.length());
            while (underWay < end) {
                int cut = wholeCharacters(Math.min(end, underWay + MAX_PIECE));
                pieces.add(new Piece(job.workspaceId(), job.jobId(), job.attempt(),
                        String.valueOf(StorableText.of(news.substring(underWay, cut))), offset + underWay));
                underWay = cut;
            }
        }

        /// @return `end`, or one less where that would part a surrogate pair
        private int wholeCharacters(int end) {
            return end > 0 && Character.isHighSurrogate(news.charAt(end - 1)) ? end - 1 : end;
        }

        private synchronized void written() {
            news.delete(0, underWay);
            offset += underWay;
            underWay = 0;
        }

        private synchronized boolean isBegun() {
            return offset > 0;
        }

        /// The answer is whole: whoever has seen its beginning sees all of it, before they hear of the end.
        void finish() {
            if (isBegun()) {
                Rounds.tryTo("writing the text of job " + job.jobId(), Texts.this::write);
            }
        }

        @Override
        public void close() {
            open.remove(this);
        }
    }
}
