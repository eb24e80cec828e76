import { Button } from '@mantine/core';
import { IconExternalLink } from '@tabler/icons-react';
import { SchemaFields } from '../schema-form/SchemaFields.tsx';
import { useSchemaForm } from '../schema-form/schema-form.ts';
import classes from './Playground.module.css';
import { QuestionFrame } from './QuestionFrame.tsx';
import type { Elicitation, ElicitationResponse } from './session.ts';

type Respond = (response: ElicitationResponse) => void;

/** Asks the user for input that the server requests during a call. */
export function ElicitationForm({ elicitation, onRespond }: { elicitation: Elicitation; onRespond: Respond }) {
  if (elicitation.mode === 'url') {
    return <UrlElicitation message={elicitation.message} url={elicitation.url} onRespond={onRespond} />;
  }
  return <FormElicitation message={elicitation.message} schema={elicitation.requestedSchema} onRespond={onRespond} />;
}

const LABEL = 'Input requested';

type FormElicitationProps = { message: string; schema: unknown; onRespond: Respond };

function FormElicitation({ message, schema, onRespond }: FormElicitationProps) {
  const form = useSchemaForm(schema);
  return (
    <QuestionFrame
      label={LABEL}
      message={message}
      onDecline={() => onRespond({ action: 'decline' })}
      onDismiss={() => onRespond({ action: 'cancel' })}
      onSubmit={() => {
        const content = form.submit();
        // The schema of an elicitation allows only plain values and lists of texts.
        if (content) onRespond({ action: 'accept', content: content as NonNullable<ElicitationResponse['content']> });
      }}
      accept={<Button type="submit">Send</Button>}
    >
      <SchemaFields form={form} />
    </QuestionFrame>
  );
}

type UrlElicitationProps = { message: string; url: string; onRespond: Respond };

function UrlElicitation({ message, url, onRespond }: UrlElicitationProps) {
  const isWeb = /^https?:\/\//.test(url) && URL.canParse(url);
  return (
    <QuestionFrame
      label={LABEL}
      message={message}
      onDecline={() => onRespond({ action: 'decline' })}
      onDismiss={() => onRespond({ action: 'cancel' })}
      onSubmit={() => {
        if (!isWeb) return;
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
    </QuestionFrame>
  );
}
