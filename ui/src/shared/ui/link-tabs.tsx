import { Link, type LinkProps } from '@tanstack/react-router';
import { useFormat } from '@/shared/i18n/language';

export interface LinkTab {
  key: string;
  name: string;
  count?: number | undefined;
  /** Not all were counted. */
  more?: boolean | undefined;
  search: LinkProps['search'];
}

/** Tabs that live in the address: each one is a link. */
export function LinkTabs({ label, tabs, active }: { label: string; tabs: LinkTab[]; active: string }) {
  const format = useFormat();
  return (
    <nav className="tabs" aria-label={label}>
      {tabs.map((tab) => (
        <Link
          key={tab.key}
          to="."
          search={tab.search as never}
          className="tab"
          {...(tab.key === active && { 'aria-current': 'page' as const })}
          activeOptions={{ exact: true }}
        >
          {tab.name}
          {tab.count !== undefined && (
            <span className="tab-count">{`${format.number(tab.count)}${tab.more ? '+' : ''}`}</span>
          )}
        </Link>
      ))}
    </nav>
  );
}
