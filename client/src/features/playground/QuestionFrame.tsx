import { Button } from '@mantine/core';
import { IconMessageQuestion } from '@tabler/icons-react';
import { type ReactNode, useEffect, useRef } from 'react';
import { isSendKey } from '../schema-form/send-key.ts';
import classes from './Playground.module.css';

type QuestionFrameProps = {
  label: string;
  message: string;
  children: ReactNode;
  accept: ReactNode;
  onSubmit: () => void;
  onDecline: () => void;
  /** Answers neither yes nor no; absent where the protocol has no such answer. */
  onDismiss?: () => void;
};

/** Frames a request of the server that the user answers. Nothing is sent without the user's consent. */
export function QuestionFrame(props: QuestionFrameProps) {
  const { label, message, children, accept, onSubmit, onDecline, onDismiss } = props;
  const box = useRef<HTMLFormElement>(null);
  useEffect(() => {
    const form = box.current;
    const first =
      form?.querySelector<HTMLElement>('[data-autofocus]') ??
      form?.querySelector<HTMLElement>('input, textarea, button');
    first?.focus();
  }, []);
  return (
    <form
      ref={box}
      className={classes.elicitation}
      aria-label={label}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
      onKeyDown={(event) => {
        if (!isSendKey(event)) return;
        event.preventDefault();
        onSubmit();
      }}
    >
      <p className={classes.prompt} role="alert">
        <IconMessageQuestion size={18} aria-hidden /> <span>{message}</span>
      </p>
      {children}
      <p className="muted small">
        This request comes from the server, not from Catwalk. The server receives your input.
      </p>
      <div className={classes.answers}>
        {accept}
        <Button variant="default" onClick={onDecline}>
          Decline
        </Button>
        {onDismiss && (
          <Button variant="subtle" color="gray" onClick={onDismiss}>
            Dismiss
          </Button>
        )}
      </div>
    </form>
  );
}
