import { Button } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { useHistogram, useTemplateFigures } from '@/shared/data/stats';
import type { Template } from '@/shared/data/templates';
import { useFormat, useText } from '@/shared/i18n/language';
import { Facts, RowsSkeleton, Section } from '@/shared/ui/basics';
import { Strip } from '@/shared/ui/strip';

const week = 7 * 24 * 60 * 60 * 1_000;

/** What it was used for in the last 7 days. */
export function UsageTab({ template }: { template: Template }) {
  const text = useText();
  const format = useFormat();
  const navigate = useNavigate();
  const figures = useTemplateFigures();
  const histogram = useHistogram({ templateId: template.id }, { since: week }, false);
  const used = figures.data?.get(template.id);
  return (
    <div className="stack">
      {figures.isPending ? (
        <RowsSkeleton rows={2} />
      ) : (
        <Facts
          facts={[
            [text.templates.runs, format.number(used?.jobs ?? 0)],
            [text.status.failed, format.number(used?.failed ?? 0)],
            [text.templates.spend, format.money(used?.estimatedCostUSD ?? 0)],
          ]}
        />
      )}
      <Section
        title={text.jobs.ranges['7d']}
        actions={
          <Button size="xs" variant="default" component={Link} to="/jobs" search={{ template: template.id } as never}>
            {text.templates.itsJobs}
          </Button>
        }
      >
        {used ? (
          <Strip
            histogram={histogram.data}
            status={undefined}
            onSpan={(from, to) => void navigate({ to: '/jobs', search: { template: template.id, from, to } as never })}
          />
        ) : (
          figures.data && <p className="muted">{text.charts.none}</p>
        )}
      </Section>
    </div>
  );
}
