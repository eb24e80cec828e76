import { Button, JsonInput, SegmentedControl } from '@mantine/core';
import { IconPlayerPlay } from '@tabler/icons-react';
import { useState } from 'react';
import { z } from 'zod';
import { useDraft } from '../../drafts/draft-store.ts';
import { isObject } from '../schema-form/node.ts';
import { SchemaFields } from '../schema-form/SchemaFields.tsx';
import { recordDraftSchema, useSchemaForm } from '../schema-form/schema-form.ts';
import type { Capability } from './capabilities.ts';
import classes from './Playground.module.css';

type RequestFormProps = {
  databaseId: string;
  capability: Capability;
  running: boolean;
  /** Arguments of an earlier call as JSON, to begin with. */
  given: string | null;
  onCall: (args: Record<string, unknown>) => void;
};

/** Parses the arguments; throws a SyntaxError for anything except a JSON object. */
function parseArguments(raw: string): Record<string, unknown> {
  const value: unknown = JSON.parse(raw);
  if (!isObject(value)) throw new SyntaxError('Enter a JSON object.');
  return value;
}

const VERBS = { tool: 'Call', prompt: 'Get prompt', resource: 'Read' } as const;

const draftSchema = z.object({
  mode: z.enum(['form', 'json']),
  raw: z.string(),
  /** Null stands for the defaults of the schema. */
  form: recordDraftSchema.nullable(),
});

/** Identifies a schema, so that a draft never fills the form of another version of it. */
const fingerprint = (schema: unknown): string => {
  const text = JSON.stringify(schema) ?? '';
  let hash = text.length;
  for (let at = 0; at < text.length; at += 1) hash = (hash * 31 + text.charCodeAt(at)) | 0;
  return hash.toString(36);
};

/** Asks for the arguments of a tool, prompt or resource: as a form from its JSON Schema, or as JSON. */
export function RequestForm({ databaseId, capability, running, given, onCall }: RequestFormProps) {
  const { kind, name, title, description } = capability;
  const [draft, setDraft] = useDraft({
    key: `arguments:${databaseId}:${kind} ${name} ${fingerprint(capability.schema)}${given === null ? '' : ` ${fingerprint(given)}`}`,
    schema: draftSchema,
    initial: (): z.infer<typeof draftSchema> =>
      given === null ? { mode: 'form', raw: '{}', form: null } : { mode: 'json', raw: given, form: null },
  });
  const form = useSchemaForm(capability.schema, {
    initial: draft.form,
    onChange: (next) => setDraft((before) => ({ ...before, form: next })),
  });
  const { mode, raw } = draft;
  const verb = VERBS[kind];
  const [problem, setProblem] = useState<string | null>(null);

  /** Runs a function with the parsed JSON, and shows the problem of JSON that does not parse. */
  const withJson = (use: (args: Record<string, unknown>) => string | null) => {
    try {
      setProblem(use(parseArguments(raw)));
    } catch (error) {
      setProblem(error instanceof Error ? error.message : 'Enter valid JSON.');
    }
  };
  const change = (next: 'form' | 'json') => {
    if (next === 'json') {
      setDraft((before) => ({ ...before, mode: 'json', raw: JSON.stringify(form.value(), null, 2) }));
      setProblem(null);
      return;
    }
    withJson((args) => {
      if (!form.load(args)) return 'The form can’t show all of these arguments. Call from here.';
      setDraft((before) => ({ ...before, mode: 'form' }));
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
            aria-label="Edit arguments as"
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
            setDraft((before) => ({ ...before, raw: next }));
            setProblem(null);
          }}
          styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 13 } }}
        />
      ) : (
        form.node.members.length > 0 && <SchemaFields form={form} />
      )}
      {mode === 'form' && kind !== 'resource' && form.node.members.length === 0 && (
        <p className="muted small">This {kind} has no arguments.</p>
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
