import type { Template } from '@/shared/data/templates';
import { useText } from '@/shared/i18n/language';
import { CopyButton } from '@/shared/ui/basics';

export function ApiTab({ template }: { template: Template }) {
  const text = useText();
  const label = template.labels['production'] ? 'production' : 'latest';
  const variables = Object.fromEntries(template.variables.map((name) => [name, '...']));
  const provider = template.defaults.provider ?? 'mock';
  const body = JSON.stringify({ templateId: template.id, label, provider, variables }, null, 2);
  const submit = `curl -X POST ${window.location.origin}/generate \\\n  -H 'Content-Type: application/json' \\\n  -d '${body}'`;
  const wait = `curl '${window.location.origin}/jobs/JOB_ID?wait=30s'`;
  return (
    <div className="stack">
      <p className="muted">{text.apiTab.about(label)}</p>
      <CodeSample title={text.apiTab.submit} code={submit} />
      <CodeSample title={text.apiTab.wait} code={wait} />
      <p>
        <a href="/api-docs" target="_blank" rel="noopener">
          {text.apiTab.docs}
        </a>
      </p>
    </div>
  );
}

function CodeSample({ title, code }: { title: string; code: string }) {
  const text = useText();
  return (
    <section className="panel" aria-label={title}>
      <div className="panel-head">
        <h2>{title}</h2>
        <CopyButton value={code} label={text.common.copy} />
      </div>
      <pre className="code" tabIndex={0}>
        {code}
      </pre>
    </section>
  );
}
