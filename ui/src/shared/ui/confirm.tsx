import type { ReactNode } from 'react';
import { Button, Modal } from '@mantine/core';
import { useText } from '@/shared/i18n/language';
import { Problem } from './problem';

interface Props {
  opened: boolean;
  title: string;
  /** What will happen, in words and numbers. */
  children: ReactNode;
  confirm: string;
  danger?: boolean;
  busy?: boolean;
  problem?: unknown;
  onConfirm: () => void;
  onClose: () => void;
}

export function Confirm({
  opened,
  title,
  children,
  confirm,
  danger = false,
  busy = false,
  problem,
  onConfirm,
  onClose,
}: Props) {
  const text = useText();
  return (
    <Modal opened={opened} onClose={onClose} title={title} closeButtonProps={{ 'aria-label': text.common.close }}>
      <div className="stack">
        <div>{children}</div>
        {problem != null && <Problem problem={problem} />}
        <div className="modal-actions">
          <Button variant="default" size="xs" onClick={onClose}>
            {text.common.cancel}
          </Button>
          <Button size="xs" loading={busy} onClick={onConfirm} {...(danger && { color: 'red' })} data-autofocus>
            {confirm}
          </Button>
        </div>
      </div>
    </Modal>
  );
}
