import { Suspense, lazy, useEffect, useMemo, useState } from 'react';
import { Drawer, Menu, Tooltip, useMantineColorScheme } from '@mantine/core';
import { Link, Outlet, useNavigate, useRouter, useRouterState } from '@tanstack/react-router';
import {
  IconCheck,
  IconChecklist,
  IconDeviceDesktop,
  IconFileText,
  IconGauge,
  IconInbox,
  IconKeyboard,
  IconLanguage,
  IconLogout,
  IconMailX,
  IconMenu2,
  IconMoon,
  IconPlayerPause,
  IconPlayerPlay,
  IconSearch,
  IconSelector,
  IconSettings,
  IconSun,
  IconTerminal2,
  IconUser,
} from '@tabler/icons-react';
import { asApiError } from '@/shared/api/error';
import { useStats } from '@/shared/data/jobs';
import { useLiveJobs } from '@/shared/data/live';
import { type Session, useSignOut, useSwitchWorkspace } from '@/shared/data/session';
import { type Language, useFormat, useLanguage, useText } from '@/shared/i18n/language';
import { type Shortcut, peekRow, stepRow, tickRow, useShortcuts } from './shortcuts';

const loadPalette = () => import('./palette');
const Palette = lazy(async () => ({ default: (await loadPalette()).Palette }));
const KeySheet = lazy(async () => ({ default: (await import('./key-sheet')).KeySheet }));

export function Shell({ session }: { session: Session }) {
  const text = useText();
  const navigate = useNavigate();
  const [overlay, setOverlay] = useState<'palette' | 'keys' | 'menu' | null>(null);
  const shortcuts = useMemo<Shortcut[]>(
    () => [
      { keys: 'mod+k', run: () => setOverlay((open) => (open === 'palette' ? null : 'palette')) },
      { keys: '?', run: () => setOverlay('keys') },
      { keys: 'g t', run: () => void navigate({ to: '/templates' }) },
      { keys: 'g p', run: () => void navigate({ to: '/playground' }) },
      { keys: 'g e', run: () => void navigate({ to: '/evaluations' }) },
      { keys: 'g d', run: () => void navigate({ to: '/dashboard' }) },
      { keys: 'g j', run: () => void navigate({ to: '/jobs' }) },
      { keys: 'g l', run: () => void navigate({ to: '/dead-letters' }) },
      { keys: 'g s', run: () => void navigate({ to: '/settings' }) },
      { keys: 'c', run: () => void navigate({ to: '/templates/new' }) },
      { keys: '/', run: () => document.querySelector<HTMLElement>('[data-search]')?.focus() },
      { keys: 'j', run: () => stepRow(1) },
      { keys: 'k', run: () => stepRow(-1) },
      { keys: 'x', run: tickRow },
      { keys: ' ', run: peekRow },
    ],
    [navigate],
  );
  useShortcuts(shortcuts.filter(({ keys }) => keys !== ' ' || overlay === null));
  useEffect(() => {
    const soon = setTimeout(() => void loadPalette(), 1_500); // so that it opens at once, and no letter is lost
    return () => clearTimeout(soon);
  }, []);
  useCloseOnNavigation(() => setOverlay((open) => (open === 'menu' ? null : open)));
  return (
    <div className="shell">
      <a className="skip" href="#main">
        {text.shell.skip}
      </a>
      <aside className="sidebar">
        <Brand />
        <Navigation />
      </aside>
      <header className="topbar">
        <button
          type="button"
          className="icon-button menu-button"
          aria-label={text.shell.menu}
          onClick={() => setOverlay('menu')}
        >
          <IconMenu2 size={18} aria-hidden />
        </button>
        <Workspaces session={session} />
        <button type="button" className="palette-button" onClick={() => setOverlay('palette')}>
          <IconSearch size={14} aria-hidden />
          <span>{text.shell.search}</span>
          <kbd>{text.keys.mod}</kbd>
          <kbd>{'K'}</kbd>
        </button>
        <div className="topbar-end">
          <Live />
          <LanguageMenu />
          <ThemeMenu />
          <IconAction label={text.keys.title} onClick={() => setOverlay('keys')}>
            <IconKeyboard size={17} aria-hidden />
          </IconAction>
          {session.user && <UserMenu user={session.user} />}
        </div>
      </header>
      <main id="main" className="main" tabIndex={-1}>
        <Outlet />
      </main>
      <Suspense>
        {overlay === 'palette' && <Palette onClose={() => setOverlay(null)} />}
        {overlay === 'keys' && <KeySheet onClose={() => setOverlay(null)} />}
      </Suspense>
      <Drawer
        opened={overlay === 'menu'}
        onClose={() => setOverlay(null)}
        size={260}
        title={text.product}
        closeButtonProps={{ 'aria-label': text.common.close }}
      >
        <Navigation />
      </Drawer>
    </div>
  );
}

function useCloseOnNavigation(close: () => void) {
  const path = useRouterState({ select: ({ location }) => location.pathname });
  useEffect(() => {
    close();
    if (document.activeElement === document.body) {
      document.getElementById('main')?.focus({ preventScroll: true }); // what had the focus left with its page
    }
  }, [path]); // eslint-disable-line react-hooks/exhaustive-deps -- only when the page changes
}

function Brand() {
  const text = useText();
  return (
    <Link to="/templates" className="brand">
      <img src="/app/favicon.svg" width={22} height={22} alt="" />
      {text.product}
    </Link>
  );
}

function Navigation() {
  const text = useText();
  return (
    <nav className="nav" aria-label={text.shell.navigation}>
      <NavGroup name={text.nav.build}>
        <NavLink to="/templates" icon={<IconFileText size={17} aria-hidden />} name={text.nav.templates} />
        <NavLink to="/playground" icon={<IconTerminal2 size={17} aria-hidden />} name={text.nav.playground} />
        <NavLink to="/evaluations" icon={<IconChecklist size={17} aria-hidden />} name={text.nav.evaluations} />
      </NavGroup>
      <NavGroup name={text.nav.operate}>
        <NavLink to="/dashboard" icon={<IconGauge size={17} aria-hidden />} name={text.nav.dashboard} />
        <NavLink to="/jobs" icon={<IconInbox size={17} aria-hidden />} name={text.nav.jobs} />
        <NavLink to="/dead-letters" icon={<IconMailX size={17} aria-hidden />} name={text.nav.deadLetters} />
      </NavGroup>
      <NavGroup name={text.nav.workspace}>
        <NavLink to="/settings" icon={<IconSettings size={17} aria-hidden />} name={text.nav.settings} />
      </NavGroup>
    </nav>
  );
}

function NavGroup({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div className="nav-group" role="group" aria-label={name}>
      <div className="nav-name" aria-hidden>
        {name}
      </div>
      {children}
    </div>
  );
}

type NavTarget = '/templates' | '/playground' | '/evaluations' | '/dashboard' | '/jobs' | '/dead-letters' | '/settings';

function NavLink({ to, icon, name }: { to: NavTarget; icon: React.ReactNode; name: string }) {
  return (
    <Link to={to} className="nav-link" activeOptions={{ includeSearch: false }}>
      {icon}
      {name}
    </Link>
  );
}

function IconAction({ label, onClick, children }: { label: string; onClick?: () => void; children: React.ReactNode }) {
  return (
    <Tooltip label={label}>
      <button type="button" className="icon-button" aria-label={label} onClick={onClick}>
        {children}
      </button>
    </Tooltip>
  );
}

/** What is shown is fresh, or says that it is not; pausing stands in the address. */
function Live() {
  const text = useText();
  const format = useFormat();
  const router = useRouter();
  const paused = useRouterState({ select: ({ location }) => (location.search as { paused?: true }).paused === true });
  useLiveJobs(!paused);
  const stats = useStats(!paused);
  const lost = stats.isError && asApiError(stats.error).code === 'network';
  const toggle = () =>
    void router.navigate({
      to: '.',
      search: ((now: Record<string, unknown>) => ({ ...now, paused: paused ? undefined : true })) as never,
      replace: true,
    });
  const state = paused ? 'paused' : lost ? 'lost' : 'live';
  return (
    <Tooltip label={paused ? text.live.resume : text.live.pause}>
      <button type="button" className="live" data-state={state} onClick={toggle} aria-pressed={paused}>
        <span className="live-dot" aria-hidden />
        <span className="live-word">{text.live[state]}</span>
        {stats.data && stats.data.queued + stats.data.running > 0 && (
          <span className="live-count">
            {text.live.open(format.number(stats.data.queued), format.number(stats.data.running))}
          </span>
        )}
        <span className="sr-only">{paused ? text.live.resume : text.live.pause}</span>
        {paused ? <IconPlayerPlay size={13} aria-hidden /> : <IconPlayerPause size={13} aria-hidden />}
      </button>
    </Tooltip>
  );
}

/** Where the focus goes when a menu opens. */
const beginHere = { 'data-autofocus': true };

/** Where one is; with several workspaces, also the way to the others. */
function Workspaces({ session }: { session: Session }) {
  const text = useText();
  const change = useSwitchWorkspace();
  const navigate = useNavigate();
  const { workspace, workspaces, user } = session;
  const name = user ? workspace.name : text.shell.localWorkspace;
  if (workspaces.length < 2) {
    return <span className="workspace">{name}</span>;
  }
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <button type="button" className="workspace workspace-button" aria-label={text.shell.workspace(name)}>
          {name}
          <IconSelector size={14} aria-hidden />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {workspaces.map(({ id, name: each }) => (
          <Menu.Item
            key={id}
            {...(id === workspace.id && beginHere)}
            rightSection={id === workspace.id ? <IconCheck size={14} aria-hidden /> : undefined}
            onClick={() => {
              change(id);
              void navigate({ to: '/templates' });
            }}
          >
            {each}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function UserMenu({ user }: { user: NonNullable<Session['user']> }) {
  const text = useText();
  const signOut = useSignOut();
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <button type="button" className="icon-button" aria-label={text.shell.user(user.name)}>
          <IconUser size={17} aria-hidden />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {user.name}
          <br />
          {user.email}
        </Menu.Label>
        <Menu.Item {...beginHere} component={Link} {...({ to: '/settings', search: { tab: 'profile' } } as object)}>
          {text.shell.profile}
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={14} aria-hidden />} onClick={() => signOut.mutate()}>
          {text.shell.signOut}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

const languages: [Language, string][] = [
  ['en', 'English'],
  ['pt-BR', 'Português (Brasil)'],
];

function LanguageMenu() {
  const { text, language, choose } = useLanguage();
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <button type="button" className="icon-button" aria-label={text.shell.language}>
          <IconLanguage size={17} aria-hidden />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {languages.map(([code, name]) => (
          <Menu.Item
            key={code}
            {...(code === language && beginHere)}
            lang={code}
            onClick={() => choose(code)}
            rightSection={code === language ? <IconCheck size={14} aria-hidden /> : undefined}
          >
            {name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function ThemeMenu() {
  const text = useText();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const icons = { auto: IconDeviceDesktop, light: IconSun, dark: IconMoon };
  const Current = icons[colorScheme];
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <button type="button" className="icon-button" aria-label={text.shell.theme}>
          <Current size={17} aria-hidden />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {(['auto', 'light', 'dark'] as const).map((scheme) => {
          const Icon = icons[scheme];
          return (
            <Menu.Item
              key={scheme}
              {...(scheme === colorScheme && beginHere)}
              onClick={() => setColorScheme(scheme)}
              leftSection={<Icon size={14} aria-hidden />}
              rightSection={scheme === colorScheme ? <IconCheck size={14} aria-hidden /> : undefined}
            >
              {text.themes[scheme]}
            </Menu.Item>
          );
        })}
      </Menu.Dropdown>
    </Menu>
  );
}
