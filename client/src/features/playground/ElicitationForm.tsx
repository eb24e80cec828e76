import { Button } from '@mantine/core';
import { IconExternalLink, IconMessageQuestion } from '@tabler/icons-react';
import { type FormEvent, type ReactNode, useEffect, useRef } from 'react';
import { SchemaFields } from '../schema-form/SchemaFields.tsx';
import { useSchemaForm } from '../schema-form/schema-form.ts';
import type { OpenElicitation } from './call-store.ts';
import classes from './Playground.module.css';
import type { ElicitationResponse } from './session.ts';

/** Asks the user for input that the server requests during a call. Nothing is sent without the user's consent. */
export function ElicitationForm({ open }: { open: OpenElicitation }) {
  const { elicitation, respond } = open;
  if (elicitation.mode === 'url') {
    return <UrlElicitation message={elicitation.message} url={elicitation.url} onRespond={respond} />;
  }
  return <FormElicitation message={elicitation.message} schema={elicitation.requestedSchema} onRespond={respond} />;
}

type Respond = (response: ElicitationResponse) => void;

type FormElicitationProps = { message: string; schema: unknown; onRespond: Respond };

function FormElicitation({ message, schema, onRespond }: FormElicitationProps) {
  const form = useSchemaForm(schema);
  return (
    <ElicitationFrame
      message={message}
      onRespond={onRespond}
      onSubmit={() => {
        const content = form.submit();
        // The schema of an elicitation allows only plain values and lists of texts.
        if (content) onRespond({ action: 'accept', content: content as NonNullable<ElicitationResponse['content']> });
      }}
      accept={<Button type="submit">Send</Button>}
    >
      <SchemaFields form={form} />
    </ElicitationFrame>
  );
}

type UrlElicitationProps = { message: string; url: string; onRespond: Respond };

function UrlElicitation({ message, url, onRespond }: UrlElicitationProps) {
  const isWeb = /^https?:\/\//.test(url);
  return (
    <ElicitationFrame
      message={message}
      onRespond={onRespond}
      onSubmit={() => {
        window.open(url, '_blank', 'noopener,noreferrer');
        onRespond({ action: 'accept' });
      }}
      accept={
        <Button type="submit" disabled={!isWeb} rightSection={<IconExternalLink size={14} />}>
          {isWeb ? `Open ${new URL(url).host}` : 'Not a web address'}
        </Button>
      }
    >
      <code className={classes.url}>{url}</code>
    </ElicitationFrame>
  );
}

type ElicitationFrameProps = {
  message: string;
  children: ReactNode;
  accept: ReactNode;
  onSubmit: () => void;
  onRespond: Respond;
};

function ElicitationFrame({ message, children, accept, onSubmit, onRespond }: ElicitationFrameProps) {
  const box = useRef<HTMLFormElement>(null);
  useEffect(() => box.current?.querySelector<HTMLElement>('input, textarea, button')?.focus(), []);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <form ref={box} className={classes.elicitation} aria-label="Input requested" noValidate onSubmit={submit}>
      <p className={classes.prompt} role="alert">
        <IconMessageQuestion size={18} aria-hidden /> <span>{message}</span>
      </p>
      {children}
      <p className="muted small">
        This request comes from the server, not from Catwalk. The server receives your input.
      </p>
      <div className={classes.answers}>
        {accept}
        <Button variant="default" onClick={() => onRespond({ action: 'decline' })}>
          Decline
        </Button>
        <Button variant="subtle" color="gray" onClick={() => onRespond({ action: 'cancel' })}>
          Dismiss
        </Button>
      </div>
    </form>
  );
}
