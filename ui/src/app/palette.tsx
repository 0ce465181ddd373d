import { useId, useState } from 'react';
import { Modal, useMantineColorScheme } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useNavigate } from '@tanstack/react-router';
import { useTemplates } from '@/shared/data/templates';
import { useLanguage } from '@/shared/i18n/language';
import { uuid } from '@/shared/search';

interface Entry {
  key: string;
  group: string;
  name: string;
  run: () => void;
}

export function Palette({ onClose }: { onClose: () => void }) {
  return (
    <Modal
      opened
      onClose={onClose}
      withCloseButton={false}
      padding={0}
      size={560}
      title={useLanguage().text.shell.search}
      classNames={{ header: 'sr-only' }}
      transitionProps={{ duration: 0 }}
    >
      <PaletteBody onClose={onClose} />
    </Modal>
  );
}

function PaletteBody({ onClose }: { onClose: () => void }) {
  const { text } = useLanguage();
  const id = useId();
  const [query, setQuery] = useState('');
  const [chosen, setChosen] = useState(0);
  const entries = useEntries(query);
  const at = Math.min(chosen, Math.max(entries.length - 1, 0));
  const run = (entry: Entry | undefined) => {
    if (entry) {
      onClose();
      entry.run();
    }
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && entries.length > 0) {
      event.preventDefault();
      const next = (at + step + entries.length) % entries.length;
      setChosen(next);
      document.getElementById(`${id}-${next}`)?.scrollIntoView({ block: 'nearest' });
    } else if (event.key === 'Enter') {
      event.preventDefault();
      run(entries[at]);
    }
  };
  return (
    <div className="palette">
      <input
        autoFocus
        data-autofocus
        className="palette-input"
        role="combobox"
        aria-expanded="true"
        aria-controls={`${id}-list`}
        aria-activedescendant={entries.length > 0 ? `${id}-${at}` : undefined}
        aria-label={text.palette.label}
        placeholder={text.palette.label}
        value={query}
        onChange={(event) => {
          setQuery(event.currentTarget.value);
          setChosen(0);
        }}
        onKeyDown={onKeyDown}
      />
      <div className="palette-list" role="listbox" id={`${id}-list`} aria-label={text.palette.results}>
        {entries.map((entry, index) => (
          <div
            key={entry.key}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === at}
            className="palette-entry"
            onMouseMove={() => setChosen(index)}
            onClick={() => run(entry)}
          >
            <span>{entry.name}</span>
            <span className="palette-group">{entry.group}</span>
          </div>
        ))}
      </div>
      {entries.length === 0 && <p className="palette-none">{text.palette.none}</p>}
    </div>
  );
}

function useEntries(query: string): Entry[] {
  const { text, choose } = useLanguage();
  const navigate = useNavigate();
  const { setColorScheme } = useMantineColorScheme();
  const [q] = useDebouncedValue(query.trim(), 150);
  const templates = useTemplates({ q: q || undefined });
  const page = (
    name: string,
    to: '/templates' | '/playground' | '/evaluations' | '/dashboard' | '/jobs' | '/dead-letters' | '/settings',
  ) => ({
    key: to,
    group: text.palette.page,
    name,
    run: () => void navigate({ to }),
  });
  const action = (name: string, run: () => void) => ({ key: name, group: text.palette.action, name, run });
  const fixed: Entry[] = [
    page(text.nav.templates, '/templates'),
    page(text.nav.playground, '/playground'),
    page(text.nav.evaluations, '/evaluations'),
    page(text.nav.dashboard, '/dashboard'),
    page(text.nav.jobs, '/jobs'),
    page(text.nav.deadLetters, '/dead-letters'),
    page(text.nav.settings, '/settings'),
    action(text.templates.create, () => void navigate({ to: '/templates/new' })),
    action(text.evals.create, () => void navigate({ to: '/evaluations/new' })),
    action(`${text.shell.theme}: ${text.themes.light}`, () => setColorScheme('light')),
    action(`${text.shell.theme}: ${text.themes.dark}`, () => setColorScheme('dark')),
    action(`${text.shell.theme}: ${text.themes.auto}`, () => setColorScheme('auto')),
    action(`${text.shell.language}: English`, () => choose('en')),
    action(`${text.shell.language}: Português (Brasil)`, () => choose('pt-BR')),
  ];
  const words = query.trim().toLowerCase();
  const job = uuid(query.trim());
  return [
    ...(job
      ? [
          {
            key: job,
            group: text.palette.job,
            name: job,
            run: () => void navigate({ to: '/jobs/$id', params: { id: job } }),
          },
        ]
      : []),
    ...fixed.filter(({ name }) => name.toLowerCase().includes(words)),
    ...(templates.data?.items ?? []).slice(0, 8).map((template) => ({
      key: template.id,
      group: text.palette.template,
      name: template.name,
      run: () => void navigate({ to: '/templates/$id', params: { id: template.id } }),
    })),
  ];
}
