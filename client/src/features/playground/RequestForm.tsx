import { Button, JsonInput, SegmentedControl } from '@mantine/core';
import { IconPlayerPlay } from '@tabler/icons-react';
import { useState } from 'react';
import { isObject } from '../schema-form/node.ts';
import { SchemaFields } from '../schema-form/SchemaFields.tsx';
import { useSchemaForm } from '../schema-form/schema-form.ts';
import type { Offer } from './offers.ts';
import classes from './Playground.module.css';

type RequestFormProps = {
  offer: Offer;
  running: boolean;
  onCall: (args: Record<string, unknown>) => void;
};

/** The JSON of the arguments; throws a SyntaxError in words when it is none. */
function parseArguments(raw: string): Record<string, unknown> {
  const value: unknown = JSON.parse(raw);
  if (!isObject(value)) throw new SyntaxError('Arguments are a JSON object.');
  return value;
}

const VERBS = { tool: 'Call', prompt: 'Get prompt', resource: 'Read' } as const;

/** What one tool, prompt or resource takes: a form from its JSON Schema, or the JSON itself. */
export function RequestForm({ offer, running, onCall }: RequestFormProps) {
  const { kind, name, title, description } = offer;
  const form = useSchemaForm(offer.schema);
  const verb = VERBS[kind];
  const [mode, setMode] = useState<'form' | 'json'>('form');
  const [raw, setRaw] = useState('{}');
  const [problem, setProblem] = useState<string | null>(null);

  /** Does something with the JSON; what is wrong with it is shown. */
  const withJson = (use: (args: Record<string, unknown>) => string | null) => {
    try {
      setProblem(use(parseArguments(raw)));
    } catch (error) {
      setProblem(error instanceof Error ? error.message : 'This is not valid JSON.');
    }
  };
  const change = (next: 'form' | 'json') => {
    if (next === 'json') {
      setRaw(JSON.stringify(form.value(), null, 2));
      setMode('json');
      setProblem(null);
      return;
    }
    withJson((args) => {
      if (!form.load(args)) return 'The form has no place for all of this: call it from here.';
      setMode('form');
      return null;
    });
  };
  const submit = () => {
    if (mode === 'json') {
      withJson((args) => {
        onCall(args);
        return null;
      });
      return;
    }
    const args = form.submit();
    if (args) onCall(args);
  };

  return (
    <form
      className={classes.form}
      aria-label={`${verb} ${name}`}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!running) submit();
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
        event.preventDefault();
        if (!running) submit();
      }}
    >
      <div className={classes.formHead}>
        <span className={classes.words}>
          <code className={classes.toolName}>{name}</code>
          {title && title !== name && <span className="muted small">{title}</span>}
        </span>
        {kind !== 'resource' && (
          <SegmentedControl
            size="xs"
            aria-label="How to give the arguments"
            data={[
              { value: 'form', label: 'Form' },
              { value: 'json', label: 'JSON' },
            ]}
            value={mode}
            onChange={change}
          />
        )}
      </div>
      {description && <p className={classes.about}>{description}</p>}
      {mode === 'json' ? (
        <JsonInput
          aria-label="Arguments as JSON"
          autosize
          minRows={6}
          maxRows={20}
          value={raw}
          onChange={(next) => {
            setRaw(next);
            setProblem(null);
          }}
          styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 13 } }}
        />
      ) : (
        form.node.members.length > 0 && <SchemaFields form={form} />
      )}
      {mode === 'form' && kind !== 'resource' && form.node.members.length === 0 && (
        <p className="muted small">This {kind} takes no arguments.</p>
      )}
      {problem && (
        <p className={classes.problem} role="alert">
          {problem}
        </p>
      )}
      <Button type="submit" leftSection={<IconPlayerPlay size={15} />} loading={running} title="Ctrl or ⌘ and Enter">
        {verb}
      </Button>
    </form>
  );
}
