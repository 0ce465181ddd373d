import type { ReactNode } from 'react';
import { Button, Modal } from '@mantine/core';
import type { UseMutationResult } from '@tanstack/react-query';
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

interface TargetProps<Target, Input> {
  /** What it is about; null = closed. */
  target: Target | null;
  title: (target: Target) => string;
  confirm: string;
  action: Pick<UseMutationResult<unknown, Error, Input>, 'isPending' | 'error' | 'mutate'>;
  input: (target: Target) => Input;
  children: ReactNode;
  onClose: () => void;
}

/** Asks before something of a list is taken away for good. */
export function ConfirmTarget<Target, Input>({
  target,
  title,
  confirm,
  action,
  input,
  children,
  onClose,
}: TargetProps<Target, Input>) {
  return (
    <Confirm
      opened={target !== null}
      danger
      title={target === null ? '' : title(target)}
      confirm={confirm}
      busy={action.isPending}
      problem={action.error}
      onClose={onClose}
      onConfirm={() => target !== null && action.mutate(input(target), { onSuccess: onClose })}
    >
      {children}
    </Confirm>
  );
}
