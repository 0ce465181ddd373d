import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useJob } from '@/shared/data/jobs';
import { useText } from '@/shared/i18n/language';
import { Page } from '@/shared/ui/basics';
import { JobDetail } from './components/job-detail';

export function JobPage() {
  const text = useText();
  const { id } = useParams({ from: '/jobs/$id' });
  const { tab } = useSearch({ from: '/jobs/$id' });
  const navigate = useNavigate({ from: '/jobs/$id' });
  const job = useJob(id);
  const name = job.data?.template?.name ?? (job.data ? text.jobs.adHoc : text.jobs.job);
  return (
    <Page title={`${name} · ${id.slice(-8)}`} above={<Link to="/jobs">{text.jobs.title}</Link>}>
      <JobDetail
        id={id}
        tab={tab}
        onTab={(next) =>
          void navigate({ search: (now) => ({ ...now, tab: next === 'output' ? undefined : next }), replace: true })
        }
      />
    </Page>
  );
}
