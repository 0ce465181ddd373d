import { Suspense, lazy, useState } from 'react';
import { Button, NativeSelect, SegmentedControl, Switch, useMantineColorScheme } from '@mantine/core';
import { useSearch } from '@tanstack/react-router';
import { useProviders } from '@/shared/data/jobs';
import { type Language, useFormat, useLanguage, useText } from '@/shared/i18n/language';
import { useStored } from '@/shared/stored';
import { CopyButton, Facts, Page, RowsSkeleton, Section } from '@/shared/ui/basics';
import { Confirm } from '@/shared/ui/confirm';
import { LinkTabs } from '@/shared/ui/link-tabs';
import { Problem, tell } from '@/shared/ui/problem';
import { useCallbackSecret, useReadiness, useRotateSecret, useServerVersion } from './api';
import { useSession } from '@/shared/data/session';
import { ApiKeys } from './components/api-keys';
import { Members } from './components/members';
import { Profile } from './components/profile';
import { ProviderKeys } from './components/provider-keys';
import { tabsFor } from './roles';

const Limits = lazy(async () => ({ default: (await import('./components/limits')).Limits }));
const AuditLog = lazy(async () => ({ default: (await import('./components/audit')).AuditLog }));
const Cache = lazy(async () => ({ default: (await import('./components/cache')).Cache }));
const Gates = lazy(async () => ({ default: (await import('./components/gates')).Gates }));

export function SettingsPage() {
  const text = useText();
  const { tab: wanted = 'preferences' } = useSearch({ from: '/settings' });
  const session = useSession();
  if (!session.data) {
    return null;
  }
  const tabs = tabsFor(session.data.workspace.role, session.data.user !== null);
  const tab = tabs.includes(wanted) ? wanted : 'preferences';
  return (
    <Page title={text.settings.title}>
      <LinkTabs
        label={text.settings.title}
        active={tab}
        tabs={tabs.map((key) => ({
          key,
          name: text.settings.tab[key],
          search: { tab: key === 'preferences' ? undefined : key } as never,
        }))}
      />
      {tab === 'preferences' && <Preferences />}
      {tab === 'profile' && session.data.user && <Profile user={session.data.user} />}
      {tab === 'members' && <Members session={session.data} />}
      {tab === 'apiKeys' && <ApiKeys />}
      {tab === 'providerKeys' && <ProviderKeys />}
      <Suspense fallback={<RowsSkeleton rows={4} />}>
        {tab === 'limits' && <Limits />}
        {tab === 'audit' && <AuditLog />}
        {tab === 'cache' && <Cache />}
        {tab === 'gates' && <Gates />}
      </Suspense>
      {tab === 'callbacks' && <Callbacks />}
      {tab === 'about' && <About hasLogin={session.data.user !== null} />}
    </Page>
  );
}

function Preferences() {
  const { text, language, choose } = useLanguage();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const [singleKeys, setSingleKeys] = useStored('singleKeys');
  return (
    <div className="narrow stack">
      <NativeSelect
        label={text.shell.language}
        value={language}
        data={[
          { value: 'en', label: 'English' },
          { value: 'pt-BR', label: 'Português (Brasil)' },
        ]}
        onChange={(event) => choose(event.currentTarget.value as Language)}
      />
      <div>
        <div className="field-label" id="theme-label">
          {text.shell.theme}
        </div>
        <SegmentedControl
          aria-labelledby="theme-label"
          value={colorScheme}
          onChange={(value) => setColorScheme(value as typeof colorScheme)}
          data={(['auto', 'light', 'dark'] as const).map((value) => ({ value, label: text.themes[value] }))}
        />
      </div>
      <Switch
        label={text.keys.single}
        description={text.keys.singleWhy}
        checked={singleKeys !== 'off'}
        onChange={(event) => setSingleKeys(event.currentTarget.checked ? null : 'off')}
      />
      <p className="muted">{text.settings.browserOnly}</p>
    </div>
  );
}

function Callbacks() {
  const text = useText();
  const format = useFormat();
  const [shown, setShown] = useState(false);
  const [asking, setAsking] = useState(false);
  const secret = useCallbackSecret(shown);
  const rotate = useRotateSecret();
  return (
    <div className="narrow stack">
      <p>{text.settings.secretAbout}</p>
      {secret.isError && <Problem problem={secret.error} retry={() => void secret.refetch()} />}
      <div className="secret">
        <code>{shown && secret.data ? secret.data.secret : text.settings.hidden}</code>
        {shown && secret.data && <CopyButton compact value={secret.data.secret} label={text.settings.copySecret} />}
      </div>
      {shown && secret.data && (
        <p className="muted">
          {text.settings.secretSince(format.time(secret.data.createdAt))}
          {secret.data.previousUntil && ` ${text.settings.previousUntil(format.time(secret.data.previousUntil))}`}
        </p>
      )}
      <div className="actions">
        <Button size="xs" variant="default" onClick={() => setShown(!shown)}>
          {shown ? text.settings.hide : text.settings.show}
        </Button>
        <Button size="xs" variant="default" onClick={() => setAsking(true)}>
          {text.settings.rotate}
        </Button>
      </div>
      <Confirm
        opened={asking}
        title={text.settings.rotate}
        confirm={text.settings.rotate}
        busy={rotate.isPending}
        problem={rotate.error}
        onClose={() => setAsking(false)}
        onConfirm={() =>
          rotate.mutate(undefined, {
            onSuccess: () => {
              setAsking(false);
              setShown(true);
              tell(text.settings.rotated);
            },
          })
        }
      >
        {text.settings.rotateText}
      </Confirm>
    </div>
  );
}

function About({ hasLogin }: { hasLogin: boolean }) {
  const text = useText();
  const readiness = useReadiness();
  const version = useServerVersion();
  const providers = useProviders();
  return (
    <div className="stack">
      <Section title={text.product}>
        <Facts
          facts={[
            [text.settings.version, version.data ?? '–'],
            [text.settings.mode, hasLogin ? text.settings.loginMode : text.settings.localMode],
            ...Object.entries(readiness.data?.checks ?? {}).map(([check, state]): [string, React.ReactNode] => [
              check,
              <span
                key={check}
                className="status"
                data-status={{ ok: 'completed', degraded: 'cancelled', failing: 'failed' }[state]}
              >
                {text.settings[state]}
              </span>,
            ]),
          ]}
        />
      </Section>
      <Section title={text.settings.providers}>
        {providers.isPending && <RowsSkeleton rows={3} />}
        {providers.isError && <Problem problem={providers.error} />}
        <ul className="provider-list">
          {providers.data?.map(({ name, configured, defaultModel }) => (
            <li key={name}>
              <span className="status" data-status={configured ? 'completed' : 'cancelled'}>
                {name}
              </span>
              <span className="muted">
                {configured ? (defaultModel ?? text.settings.noDefaultModel) : text.settings.noKey}
              </span>
            </li>
          ))}
        </ul>
      </Section>
      <p className="links">
        <a href="/api-docs">{text.settings.apiDocs}</a>
        <a href="/openapi.yaml">{text.settings.openApi}</a>
      </p>
    </div>
  );
}
