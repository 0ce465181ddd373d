import { Link } from '@tanstack/react-router';
import { IconTag } from '@tabler/icons-react';
import type { Version } from '@/shared/data/templates';
import { useText } from '@/shared/i18n/language';
import { Ago, LabelChip } from '@/shared/ui/basics';

interface Props {
  versions: Version[];
  shown: number;
  onLabel: (version: number) => void;
}

export function VersionRail({ versions, shown, onLabel }: Props) {
  const text = useText();
  const latest = versions[0]?.version;
  return (
    <nav className="rail" aria-label={text.versions.title}>
      <h2>{text.versions.title}</h2>
      <ol>
        {versions.map((version) => (
          <li key={version.version} data-shown={version.version === shown ? '' : undefined}>
            <Link
              to="."
              search={
                ((now: object) => ({
                  ...now,
                  version: version.version === latest ? undefined : version.version,
                })) as never
              }
              className="rail-link"
              activeOptions={{ exact: true }}
              data-row-link
              {...(version.version === shown && { 'aria-current': 'true' as const })}
            >
              <span className="rail-number">{text.common.version(version.version)}</span>
              <span className="rail-message">{version.message ?? text.versions.noMessage}</span>
              <span className="rail-meta">
                <Ago time={version.createdAt} />
              </span>
            </Link>
            <div className="rail-end">
              {version.labels.map((label) => (
                <LabelChip key={label} label={label} />
              ))}
              <button
                type="button"
                className="icon-button small"
                aria-label={text.labels.moveHere(version.version)}
                title={text.labels.moveHere(version.version)}
                onClick={() => onLabel(version.version)}
              >
                <IconTag size={14} aria-hidden />
              </button>
            </div>
          </li>
        ))}
      </ol>
    </nav>
  );
}
