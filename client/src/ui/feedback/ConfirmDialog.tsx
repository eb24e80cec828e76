import { Button, Modal, TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { submitting } from '../inputs/submitting.ts';
import classes from './ConfirmDialog.module.css';
import type { Failure } from './FailureCard.tsx';

type ConfirmDialogProps = {
  opened: boolean;
  onClose: () => void;
  title: string;
  /** What will be lost. */
  children: ReactNode;
  confirm: string;
  /** To be typed first; only for what cannot be undone. */
  typed?: string;
  /** What loses nothing that cannot be had again is not red. */
  tone?: 'danger' | 'plain';
  working?: boolean;
  /** Null is success, and closes the dialog. */
  onConfirm: () => Promise<Failure | null> | null;
};

export function ConfirmDialog({
  opened,
  onClose,
  title,
  children,
  confirm,
  typed,
  tone = 'danger',
  working = false,
  onConfirm,
}: ConfirmDialogProps) {
  const [text, setText] = useState('');
  const [problem, setProblem] = useState<Failure | null>(null);
  const isReady = typed === undefined || text.trim() === typed;
  const close = () => {
    setText('');
    setProblem(null);
    onClose();
  };
  const submit = async () => {
    const answer = await onConfirm();
    if (answer) setProblem(answer);
    else close();
  };
  return (
    <Modal opened={opened} onClose={close} title={title}>
      <form className={classes.form} onSubmit={submitting(() => isReady && submit())}>
        <p className={classes.text}>{children}</p>
        {typed !== undefined && (
          <TextInput
            data-autofocus
            label={
              <>
                Type <strong>{typed}</strong> to confirm
              </>
            }
            value={text}
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => setText(event.currentTarget.value)}
          />
        )}
        {problem && (
          <p className={classes.problem} role="alert">
            {problem.message} {problem.hint}
          </p>
        )}
        <div className={classes.buttons}>
          <Button variant="default" onClick={close}>
            Cancel
          </Button>
          <Button
            type="submit"
            {...(tone === 'danger' ? { color: 'red.8' } : {})}
            loading={working}
            disabled={!isReady}
            data-autofocus={typed === undefined || undefined}
          >
            {confirm}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
