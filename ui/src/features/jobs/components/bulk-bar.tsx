import { useState } from 'react';
import { Button } from '@mantine/core';
import { save } from '@/shared/api/download';
import {
  type BulkOutcome,
  type JobListItem,
  cancelJob,
  isOver,
  isRetryable,
  retryJob,
  useBulk,
} from '@/shared/data/jobs';
import { useText } from '@/shared/i18n/language';
import { ReasonButton } from '@/shared/ui/basics';
import { Confirm } from '@/shared/ui/confirm';
import { tell } from '@/shared/ui/problem';

/** What can be done with the ticked jobs; each action says how many of them it is for. */
export function BulkBar({ jobs, onDone }: { jobs: JobListItem[]; onDone: () => void }) {
  const text = useText();
  const [asking, setAsking] = useState<'cancel' | 'retry' | null>(null);
  const cancel = useBulk(cancelJob);
  const retry = useBulk(retryJob);
  const open = jobs.filter(({ status }) => !isOver(status));
  const retryable = jobs.filter(({ status }) => isRetryable(status));
  const finish = ({ done, refused }: BulkOutcome) => {
    setAsking(null);
    tell(refused.length > 0 ? text.bulk.partly(done, refused.length, refused[0] ?? '') : text.bulk.done(done));
    onDone();
  };
  return (
    <div className="bulk" role="region" aria-label={text.bulk.title}>
      <strong>{text.bulk.selected(jobs.length)}</strong>
      <ReasonButton
        variant="default"
        reason={open.length === 0 ? text.bulk.noneOpen : undefined}
        onClick={() => setAsking('cancel')}
      >
        {text.bulk.cancel(open.length)}
      </ReasonButton>
      <ReasonButton
        variant="default"
        reason={retryable.length === 0 ? text.bulk.noneRetryable : undefined}
        onClick={() => setAsking('retry')}
      >
        {text.bulk.retry(retryable.length)}
      </ReasonButton>
      <Button size="xs" variant="default" onClick={() => download(jobs)}>
        {text.bulk.export(jobs.length)}
      </Button>
      <Button size="xs" variant="subtle" onClick={onDone}>
        {text.bulk.clear}
      </Button>
      <Confirm
        opened={asking === 'cancel'}
        danger
        title={text.bulk.cancel(open.length)}
        confirm={text.bulk.cancel(open.length)}
        busy={cancel.isPending}
        onClose={() => setAsking(null)}
        onConfirm={() =>
          cancel.mutate(
            open.map(({ id }) => id),
            { onSuccess: finish },
          )
        }
      >
        {text.bulk.cancelText(open.length)}
      </Confirm>
      <Confirm
        opened={asking === 'retry'}
        title={text.bulk.retry(retryable.length)}
        confirm={text.bulk.retry(retryable.length)}
        busy={retry.isPending}
        onClose={() => setAsking(null)}
        onConfirm={() =>
          retry.mutate(
            retryable.map(({ id }) => id),
            { onSuccess: finish },
          )
        }
      >
        {text.bulk.retryText(retryable.length)}
      </Confirm>
    </div>
  );
}

function download(jobs: JobListItem[]) {
  const lines = jobs.map((job) => JSON.stringify(job)).join('\n');
  save(new Blob([`${lines}\n`], { type: 'application/jsonl' }), 'jobs.jsonl');
}
