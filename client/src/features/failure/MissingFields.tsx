import { Button } from '@mantine/core';
import { IconPlayerPlay } from '@tabler/icons-react';
import { useState } from 'react';
import { z } from 'zod';
import type { UserProblem } from '../../apollo/problem.ts';
import { useDraft } from '../../drafts/draft-store.ts';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { handleSubmit } from '../../ui/inputs/handle-submit.ts';
import { GroupFrame } from '../deploy/SettingFields.tsx';
import { UpdateCredentialsDocument } from '../deployments/intents.ts';
import { useIntent } from '../deployments/use-intent.ts';
import { ArgumentInput } from '../fields/ArgumentInput.tsx';
import { CredentialInput } from '../fields/FieldInput.tsx';
import classes from './MissingFields.module.css';
import { areMet, enteredValues, type FieldNeed, fieldKey, missingFields } from './missing-fields.ts';

export const MissingFieldsFragment = graphql(`
  fragment MissingFields_deployment on Deployment {
    id
    credentialFields {
      name
      required
      requirement
      ...CredentialInput_field
    }
    argumentFields {
      name
      flag
      positional
      ...ArgumentInput_field
    }
    failure {
      needs {
        anyOf {
          kind
          name
          flag
        }
      }
      modes {
        words
      }
    }
  }
`);

type MissingFieldsProps = { deployment: FragmentType<typeof MissingFieldsFragment> };

/** True when the card can ask for what the server reported missing. */
export const useMissing = (masked: FragmentType<typeof MissingFieldsFragment>) => {
  const { failure, credentialFields, argumentFields } = readFragment(MissingFieldsFragment, masked);
  const needs = missingFields(failure?.needs ?? [], { credentials: credentialFields, arguments: argumentFields });
  // A usage text matters only if nothing else was missing.
  return { needs, modes: needs.length > 0 ? [] : (failure?.modes ?? []) };
};

/** Asks on the failure card for exactly what the server reported missing, and deploys with it. */
export function MissingFields({ deployment: masked }: MissingFieldsProps) {
  const { id } = readFragment(MissingFieldsFragment, masked);
  const { needs, modes } = useMissing(masked);
  // Kept in memory when another page opens, and never stored: most values are secrets.
  const [values, setValues, discard] = useDraft<Record<string, string[]>>({
    key: `missing:${id}`,
    schema: z.record(z.string(), z.array(z.string())),
    initial: () => ({}),
    toStored: () => undefined,
  });
  const [problem, setProblem] = useState<UserProblem | null>(null);
  const [save, saving] = useIntent(UpdateCredentialsDocument, { quiet: true });
  const send = async (input: { mode?: readonly string[] }) => {
    const mode = [...(input.mode ?? [])];
    const found = await save({ input: { id, ...enteredValues(needs, values), ...input, mode } });
    setProblem(found);
    if (!found) discard();
  };

  const input = (one: (typeof needs)[number]['fields'][number], isFirst: boolean) => {
    const key = fieldKey(one);
    const [value = ''] = values[key] ?? [];
    return one.type === 'credential' ? (
      <CredentialInput
        key={key}
        field={one.field}
        value={value}
        autoFocus={isFirst}
        onChange={(next) => setValues((before) => ({ ...before, [key]: [next] }))}
      />
    ) : (
      <ArgumentInput
        key={key}
        field={one.field}
        values={values[key] ?? []}
        autoFocus={isFirst}
        onChange={(next) => setValues((before) => ({ ...before, [key]: next }))}
      />
    );
  };

  return (
    <form
      className={classes.form}
      aria-label="Missing settings"
      autoComplete="off"
      onSubmit={handleSubmit(async () => {
        if (areMet(needs, values)) await send({});
      })}
    >
      {needs.map((need, index) => (
        <NeedFields key={need.key} need={need}>
          {need.fields.map((one, at) => input(one, index === 0 && at === 0))}
        </NeedFields>
      ))}
      <div className={classes.buttons}>
        {needs.length > 0 && (
          <Button type="submit" size="xs" loading={saving} disabled={!areMet(needs, values)}>
            Save and deploy
          </Button>
        )}
        {modes.map(({ words }, index) => (
          <Button
            key={words.join(' ')}
            size="xs"
            variant={index === 0 ? 'filled' : 'default'}
            leftSection={<IconPlayerPlay size={14} />}
            loading={saving}
            onClick={() => void send({ mode: words })}
          >
            Start with “{words.join(' ')}”
          </Button>
        ))}
      </div>
      {problem && (
        <p className={classes.problem} role="alert">
          {problem.message} {problem.hint}
        </p>
      )}
    </form>
  );
}

type NeedFieldsProps = {
  need: FieldNeed<{ name: string; required: boolean; requirement: string }, { name: string; positional: boolean }>;
  children: React.ReactNode;
};

/** Frames the fields of a need that has several. */
function NeedFields({ need, children }: NeedFieldsProps) {
  if (need.fields.length === 1) return children;
  return (
    <GroupFrame isRequired isUsual>
      {children}
    </GroupFrame>
  );
}
