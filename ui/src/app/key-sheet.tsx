import { Modal, Switch } from '@mantine/core';
import { useText } from '@/shared/i18n/language';
import { useSingleKeys } from './shortcuts';

export function KeySheet({ onClose }: { onClose: () => void }) {
  const text = useText();
  const [singleKeys, setSingleKeys] = useSingleKeys();
  const rows: [string[], string][] = [
    [[text.keys.mod, 'K'], text.keys.palette],
    [[text.keys.mod, text.keys.enter], text.keys.run],
    [['G', 'T'], text.nav.templates],
    [['G', 'P'], text.nav.playground],
    [['G', 'E'], text.nav.evaluations],
    [['G', 'D'], text.nav.dashboard],
    [['G', 'J'], text.nav.jobs],
    [['G', 'L'], text.nav.deadLetters],
    [['G', 'S'], text.nav.settings],
    [['/'], text.keys.search],
    [['C'], text.keys.create],
    [['J'], text.keys.next],
    [['K'], text.keys.previous],
    [[text.keys.enter], text.keys.open],
    [[text.keys.space], text.keys.peek],
    [['X'], text.keys.select],
    [['Esc'], text.keys.close],
    [['?'], text.keys.sheet],
  ];
  return (
    <Modal opened onClose={onClose} title={text.keys.title} closeButtonProps={{ 'aria-label': text.common.close }}>
      <dl className="keys">
        {rows.map(([keys, name]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
      <Switch
        mt="md"
        label={text.keys.single}
        description={text.keys.singleWhy}
        checked={singleKeys}
        onChange={(event) => setSingleKeys(event.currentTarget.checked)}
      />
    </Modal>
  );
}
