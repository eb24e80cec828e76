import { Button, JsonInput, SegmentedControl } from '@mantine/core';
import { IconPlayerPlay } from '@tabler/icons-react';
import { useState } from 'react';
import { useDraft } from '../../drafts/draft-store.ts';
import { isObject } from '../schema-form/node.ts';
import { SchemaFields } from '../schema-form/SchemaFields.tsx';
import { useSchemaForm } from '../schema-form/schema-form.ts';
import { isSendKey } from '../schema-form/send-key.ts';
import type { Suggest } from '../schema-form/suggest.ts';
import { CopyAs } from './CopyAs.tsx';
import type { Capability } from './capabilities.ts';
import type { CopyTarget } from './copy-as.ts';
import { DestructiveMark } from './DestructiveMark.tsx';
import classes from './Playground.module.css';
import { type RequestDraft, requestDraftKey, requestDraftSchema } from './request-draft.ts';

type RequestFormProps = {
  databaseId: string;
  capability: Capability;
  running: boolean;
  /** Arguments of an earlier call as JSON, to begin with. */
  given: string | null;
  onCall: (args: Record<string, unknown>) => void;
  copyTarget: CopyTarget;
  /** Suggests values for arguments; absent where the protocol has no completion. */
  suggest?: Suggest | undefined;
};

/** Parses the arguments; throws a SyntaxError for anything except a JSON object. */
function parseArguments(raw: string): Record<string, unknown> {
  const value: unknown = JSON.parse(raw);
  if (!isObject(value)) throw new SyntaxError('Enter a JSON object.');
  return value;
}

const VERBS = { tool: 'Call', prompt: 'Get prompt', resource: 'Read' } as const;

/** Asks for the arguments of a tool, prompt or resource: as a form from its JSON Schema, or as JSON. */
export function RequestForm(props: RequestFormProps) {
  const { databaseId, capability, running, given, onCall, copyTarget, suggest } = props;
  const { kind, name, title, description, template } = capability;
  const [draft, setDraft] = useDraft({
    key: requestDraftKey(databaseId, capability, given),
    schema: requestDraftSchema,
    initial: (): RequestDraft =>
      given === null ? { mode: 'form', raw: '{}', form: null } : { mode: 'json', raw: given, form: null },
  });
  const form = useSchemaForm(capability.schema, {
    initial: draft.form,
    onChange: (next) => setDraft((before) => ({ ...before, form: next })),
  });
  const { mode, raw } = draft;
  const verb = VERBS[kind];
  const [problem, setProblem] = useState<string | null>(null);

  /** Parses the JSON, or shows what is wrong with it and returns null. */
  const parsed = (): Record<string, unknown> | null => {
    try {
      const args = parseArguments(raw);
      setProblem(null);
      return args;
    } catch (error) {
      setProblem(error instanceof Error ? error.message : 'Enter valid JSON.');
      return null;
    }
  };
  const change = (next: 'form' | 'json') => {
    if (next === 'json') {
      setDraft((before) => ({ ...before, mode: 'json', raw: JSON.stringify(form.value(), null, 2) }));
      setProblem(null);
      return;
    }
    const args = parsed();
    if (!args) return;
    if (form.load(args)) setDraft((before) => ({ ...before, mode: 'form' }));
    else setProblem('The form can’t show all of these arguments. Call from here.');
  };
  /** Returns the arguments, or null while they are not valid: then the problems show. */
  const filled = () => (mode === 'form' ? form.submit() : parsed());
  const submit = () => {
    if (running) return;
    const args = filled();
    if (args) onCall(args);
  };

  return (
    <form
      className={classes.form}
      aria-label={`${verb} ${name}`}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
      onKeyDown={(event) => {
        if (!isSendKey(event)) return;
        event.preventDefault();
        submit();
      }}
    >
      <div className={classes.formHead}>
        <span className={classes.words}>
          <code className={classes.toolName}>{name}</code>
          {title && title !== name && <span className="muted small">{title}</span>}
          {capability.isDestructive && <DestructiveMark />}
        </span>
        {kind !== 'resource' && (
          <SegmentedControl
            className={classes.modes ?? ''}
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
        form.node.members.length > 0 && <SchemaFields form={form} suggest={suggest} />
      )}
      {mode === 'form' && kind !== 'resource' && form.node.members.length === 0 && (
        <p className="muted small">This {kind} has no arguments.</p>
      )}
      {problem && (
        <p className={classes.problem} role="alert">
          {problem}
        </p>
      )}
      <div className={classes.answers}>
        <Button
          type="submit"
          className={classes.send ?? ''}
          leftSection={<IconPlayerPlay size={15} />}
          loading={running}
          title="Enter in a field of one line, or Ctrl or ⌘ and Enter"
        >
          {verb}
        </Button>
        <CopyAs
          target={copyTarget}
          isTool={kind === 'tool'}
          request={() => {
            const args = filled();
            return args && { kind, name, template, args };
          }}
        />
      </div>
    </form>
  );
}
