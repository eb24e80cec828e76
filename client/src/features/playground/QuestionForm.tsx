import { Button } from '@mantine/core';
import { IconExternalLink, IconMessageQuestion } from '@tabler/icons-react';
import { type FormEvent, type ReactNode, useEffect, useRef } from 'react';
import { SchemaFields } from '../schema-form/SchemaFields.tsx';
import { useSchemaForm } from '../schema-form/schema-form.ts';
import type { OpenQuestion } from './calls.ts';
import classes from './Playground.module.css';
import type { Answer } from './session.ts';

/** The server asks for something while its tool works. Nothing is sent before the user agrees. */
export function QuestionForm({ asked }: { asked: OpenQuestion }) {
  const { question, answer } = asked;
  if (question.mode === 'url') return <UrlQuestion message={question.message} url={question.url} onAnswer={answer} />;
  return <FormQuestion message={question.message} schema={question.requestedSchema} onAnswer={answer} />;
}

type FormQuestionProps = { message: string; schema: unknown; onAnswer: (answer: Answer) => void };

function FormQuestion({ message, schema, onAnswer }: FormQuestionProps) {
  const form = useSchemaForm(schema);
  return (
    <Asking
      message={message}
      onAnswer={onAnswer}
      onSubmit={() => {
        const content = form.submit();
        // The schema of a question allows plain values and lists of texts only.
        if (content) onAnswer({ action: 'accept', content: content as NonNullable<Answer['content']> });
      }}
      agree={<Button type="submit">Send answer</Button>}
    >
      <SchemaFields form={form} />
    </Asking>
  );
}

type UrlQuestionProps = { message: string; url: string; onAnswer: (answer: Answer) => void };

function UrlQuestion({ message, url, onAnswer }: UrlQuestionProps) {
  const isWeb = /^https?:\/\//.test(url);
  return (
    <Asking
      message={message}
      onAnswer={onAnswer}
      onSubmit={() => {
        window.open(url, '_blank', 'noopener,noreferrer');
        onAnswer({ action: 'accept' });
      }}
      agree={
        <Button type="submit" disabled={!isWeb} rightSection={<IconExternalLink size={14} />}>
          Open {isWeb ? new URL(url).host : 'nothing'}
        </Button>
      }
    >
      <code className={classes.url}>{url}</code>
    </Asking>
  );
}

type AskingProps = {
  message: string;
  children: ReactNode;
  agree: ReactNode;
  onSubmit: () => void;
  onAnswer: (answer: Answer) => void;
};

function Asking({ message, children, agree, onSubmit, onAnswer }: AskingProps) {
  const box = useRef<HTMLFormElement>(null);
  useEffect(() => box.current?.querySelector<HTMLElement>('input, textarea, button')?.focus(), []);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <form ref={box} className={classes.question} aria-label="The server asks" noValidate onSubmit={submit}>
      <p className={classes.asks} role="alert">
        <IconMessageQuestion size={18} aria-hidden /> <span>{message}</span>
      </p>
      {children}
      <p className="muted small">The server asks this, not Catwalk. What you send goes to the server.</p>
      <div className={classes.answers}>
        {agree}
        <Button variant="default" onClick={() => onAnswer({ action: 'decline' })}>
          Decline
        </Button>
        <Button variant="subtle" color="gray" onClick={() => onAnswer({ action: 'cancel' })}>
          Dismiss
        </Button>
      </div>
    </form>
  );
}
