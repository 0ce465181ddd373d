import { Link } from '@tanstack/react-router';
import { IconCircle, IconCircleCheckFilled } from '@tabler/icons-react';
import { useJobs, useProviders } from '@/shared/data/jobs';
import { useTemplates } from '@/shared/data/templates';
import { useText } from '@/shared/i18n/language';
import { useStored } from '@/shared/stored';

/** The first three steps of a workspace; gone when they are done, or when somebody says so. */
export function Checklist() {
  const text = useText();
  const [dismissed, dismiss] = useStored('checklist');
  const providers = useProviders();
  const templates = useTemplates({});
  const jobs = useJobs({}, { limit: 1 });
  if (dismissed || !providers.data || !templates.data || !jobs.data) {
    return null;
  }
  const steps = [
    {
      name: text.checklist.provider,
      done: providers.data.some(({ name, configured }) => configured && name !== 'mock'),
      to: '/settings' as const,
      search: { tab: 'providerKeys' },
    },
    { name: text.checklist.template, done: templates.data.items.length > 0, to: '/templates/new' as const, search: {} },
    { name: text.checklist.run, done: jobs.data.items.length > 0, to: '/playground' as const, search: {} },
  ];
  if (steps.every(({ done }) => done)) {
    return null;
  }
  return (
    <section className="checklist" aria-label={text.checklist.title}>
      <div className="section-head">
        <h2>{text.checklist.title}</h2>
        <button type="button" className="link-button" onClick={() => dismiss('off')}>
          {text.checklist.dismiss}
        </button>
      </div>
      <ol>
        {steps.map(({ name, done, to, search }) => (
          <li key={name} data-done={done ? '' : undefined}>
            {done ? (
              <IconCircleCheckFilled size={16} aria-label={text.checklist.done} />
            ) : (
              <IconCircle size={16} aria-label={text.checklist.open} />
            )}
            {done ? (
              name
            ) : (
              <Link to={to} search={search as never}>
                {name}
              </Link>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}
