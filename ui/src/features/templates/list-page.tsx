import { Button, NativeSelect, Switch, TextInput } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { IconPlus, IconSearch } from '@tabler/icons-react';
import { useLastEvaluations } from '@/shared/data/evals';
import { useTemplateFigures } from '@/shared/data/stats';
import { type Template, useTemplates } from '@/shared/data/templates';
import { useFormat, useText } from '@/shared/i18n/language';
import { Checklist } from '@/shared/ui/checklist';
import { Ago, Command, Empty, LabelChip, Page } from '@/shared/ui/basics';
import { Pager } from '@/shared/ui/pager';
import { useTypedText } from '@/shared/ui/typed-text';
import { QueryState, Table } from '@/shared/ui/table';
import { RunState } from '@/shared/ui/verdict';
import type { TemplatesSearch } from './search';

const usualLabels = ['production', 'staging'];

export function TemplatesPage() {
  const text = useText();
  const search = useSearch({ from: '/templates' });
  const navigate = useNavigate({ from: '/templates' });
  const templates = useTemplates(search);
  const filtered = Boolean(search.q ?? search.label ?? search.archived);
  const change = (part: TemplatesSearch) =>
    void navigate({ search: (now) => ({ ...now, ...part, cursor: undefined }), replace: true });
  const [q, setQ] = useTypedText(search.q, (value) => change({ q: value }));
  const labels = new Set([
    ...usualLabels,
    ...(search.label ? [search.label] : []),
    ...(templates.data?.items.flatMap((template) => Object.keys(template.labels)) ?? []),
  ]);
  return (
    <Page
      title={text.templates.title}
      actions={
        <Button size="xs" component={Link} to="/templates/new" leftSection={<IconPlus size={15} aria-hidden />}>
          {text.templates.create}
        </Button>
      }
    >
      <div className="toolbar" role="search">
        <TextInput
          data-search
          className="toolbar-search"
          aria-label={text.templates.search}
          placeholder={text.templates.search}
          leftSection={<IconSearch size={14} aria-hidden />}
          value={q}
          onChange={(event) => setQ(event.currentTarget.value)}
        />
        <NativeSelect
          aria-label={text.templates.label}
          value={search.label ?? ''}
          onChange={(event) => change({ label: event.currentTarget.value || undefined })}
          data={[{ value: '', label: text.templates.anyLabel }, ...[...labels].sort()]}
        />
        <Switch
          label={text.templates.archived}
          checked={search.archived === true}
          onChange={(event) => change({ archived: event.currentTarget.checked || undefined })}
        />
        {filtered && (
          <Button variant="subtle" size="xs" onClick={() => void navigate({ search: {} })}>
            {text.common.resetFilters}
          </Button>
        )}
      </div>
      <QueryState query={templates} />
      {templates.data && templates.data.items.length > 0 && <TemplatesTable templates={templates.data.items} />}
      {templates.data?.items.length === 0 &&
        (filtered ? (
          <Empty
            title={
              search.archived && !search.q && !search.label ? text.templates.noneArchived : text.templates.noneFound
            }
            action={
              <Button variant="default" size="xs" onClick={() => void navigate({ search: {} })}>
                {text.common.resetFilters}
              </Button>
            }
          />
        ) : (
          <Empty
            title={text.templates.none}
            action={
              <Button size="xs" component={Link} to="/templates/new">
                {text.templates.create}
              </Button>
            }
          >
            {text.templates.noneText} <Command>{'./promptlab seed'}</Command>
          </Empty>
        ))}
      <Checklist />
      <Pager next={templates.data?.next ?? null} />
    </Page>
  );
}

function TemplatesTable({ templates }: { templates: Template[] }) {
  const text = useText();
  return (
    <Table
      columns={[
        text.templates.name,
        text.templates.labels,
        { name: text.templates.latest, right: true },
        { name: text.templates.variables, wide: true },
        { name: text.templates.model, wide: true },
        { name: text.evals.ofTemplate.column, wide: true },
        { name: text.templates.runs, right: true, wide: true },
        { name: text.templates.spend, right: true, wide: true },
        { name: text.templates.updated, right: true },
      ]}
    >
      {templates.map((template) => (
        <TemplateRow key={template.id} template={template} />
      ))}
    </Table>
  );
}

function TemplateRow({ template }: { template: Template }) {
  const text = useText();
  const format = useFormat();
  const all = useTemplateFigures();
  const used = all.data?.get(template.id);
  const evaluated = useLastEvaluations().data?.get(template.id);
  const unused = all.data ? 0 : null;
  return (
    <tr>
      <td className="cell-main">
        <Link to="/templates/$id" params={{ id: template.id }} data-row-link className="row-link">
          {template.name}
        </Link>
        <div className="cell-sub">{template.description ?? template.key}</div>
      </td>
      <td>
        <span className="chips">
          {Object.entries(template.labels).map(([label, version]) => (
            <LabelChip key={label} label={label} version={version} />
          ))}
        </span>
      </td>
      <td className="right num">{text.common.version(template.version)}</td>
      <td className="wide-only">
        <span className="variables">
          {template.variables.slice(0, 4).map((name) => (
            <code key={name}>{name}</code>
          ))}
          {template.variables.length > 4 && <span className="muted">{`+${template.variables.length - 4}`}</span>}
        </span>
      </td>
      <td className="wide-only muted">
        {[template.defaults.provider, template.defaults.model].filter(Boolean).join(' / ') || text.templates.noModel}
      </td>
      <td className="wide-only nowrap">
        {evaluated ? (
          <Link to="/evaluations/runs/$id" params={{ id: evaluated.id }} className="quiet-link">
            <RunState run={evaluated} />
          </Link>
        ) : (
          <span className="muted">{'–'}</span>
        )}
      </td>
      <td
        className="right num wide-only"
        title={used && used.failed > 0 ? text.templates.failed(used.failed) : undefined}
      >
        {format.tokens(used?.jobs ?? unused)}
      </td>
      <td className="right num wide-only">{format.money(used?.estimatedCostUSD ?? unused)}</td>
      <td className="right muted">
        <Ago time={template.updatedAt} />
      </td>
    </tr>
  );
}
