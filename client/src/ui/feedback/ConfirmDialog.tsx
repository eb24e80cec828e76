import { Button, Modal, TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { handleSubmit } from '../inputs/handle-submit.ts';
import classes from './ConfirmDialog.module.css';
import type { Failure } from './FailureCard.tsx';

type ConfirmDialogProps = {
  opened: boolean;
  onClose: () => void;
  title: string;
  /** Explains what the action does and what will be lost. */
  children: ReactNode;
  /** Labels the button. */
  confirm: string;
  /** The text to type first; only for actions that cannot be undone. */
  typed?: string;
  /** `plain` for actions that lose nothing. */
  tone?: 'danger' | 'plain';
  working?: boolean;
  /** Null is success and closes the dialog. */
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
    const found = await onConfirm();
    if (found) setProblem(found);
    else close();
  };
  return (
    <Modal opened={opened} onClose={close} title={title}>
      <form className={classes.form} onSubmit={handleSubmit(() => isReady && submit())}>
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
