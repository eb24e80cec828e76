import { Button, Modal } from '@mantine/core';
import { useState } from 'react';
import { z } from 'zod';
import { isGroupMet } from '../../../../server/domain/credentials/form.ts';
import type { UserProblem } from '../../apollo/problem.ts';
import { useDraft } from '../../drafts/draft-store.ts';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { handleSubmit } from '../../ui/inputs/handle-submit.ts';
import { Folded } from '../../ui/layout/Folded.tsx';
import { groupsOf, membersOf } from '../deploy/arrange-fields.ts';
import { EnvPaste } from '../deploy/EnvPaste.tsx';
import { ExtraVariables } from '../deploy/ExtraVariables.tsx';
import { type ExtraVariable, extraVariable } from '../deploy/extra-variable.ts';
import { FieldGroup } from '../deploy/SettingFields.tsx';
import { UpdateCredentialsDocument } from '../deployments/intents.ts';
import { useIntent } from '../deployments/use-intent.ts';
import { CredentialInput } from '../fields/FieldInput.tsx';
import classes from './CredentialsDialog.module.css';

export const CredentialsDialogFragment = graphql(`
  fragment CredentialsDialog_deployment on Deployment {
    id
    name
    credentialsSet
    personalFields
    credentialFields {
      name
      kind
      required
      requirement
      group
      together
      advanced
      ...CredentialInput_field
    }
  }
`);

type CredentialsDialogProps = {
  deployment: FragmentType<typeof CredentialsDialogFragment>;
  opened: boolean;
  onClose: () => void;
  /** The variables that the server reported missing: they come first and receive the focus. */
  missing?: readonly string[];
};

export function CredentialsDialog(props: CredentialsDialogProps) {
  const { opened, onClose } = props;
  const { name } = readFragment(CredentialsDialogFragment, props.deployment);
  return (
    <Modal opened={opened} onClose={onClose} title={`Credentials of ${name}`} size="lg" keepMounted={false}>
      {opened && <CredentialsForm {...props} />}
    </Modal>
  );
}

/** Sets, replaces and removes shared credentials. An empty field keeps its value. Saving deploys a new release. */
function CredentialsForm({ deployment: masked, onClose, missing = [] }: CredentialsDialogProps) {
  const deployment = readFragment(CredentialsDialogFragment, masked);
  const known = new Set(deployment.credentialFields.map((field) => field.name));
  // Kept in memory when the dialog closes. After a reload the values that are no secrets are still there.
  const isPlain = (name: string) =>
    deployment.credentialFields.some((one) => one.name === name && one.kind !== 'SECRET' && one.kind !== 'FILE');
  const [draft, setDraft, discard] = useDraft<CredentialsDraft>({
    key: `credentials:${deployment.id}:${missing.join()}`,
    schema: draftSchema,
    initial: () => ({
      values: {},
      removed: [],
      extra: missing.filter((name) => !known.has(name)).map((name) => extraVariable(name)),
    }),
    toStored: ({ values, removed }) => ({
      values: Object.fromEntries(Object.entries(values).filter(([name]) => isPlain(name))),
      removed,
      extra: [],
    }),
  });
  const { values, extra } = draft;
  const removed = new Set(draft.removed);
  const setValues = (next: Record<string, string>) => setDraft((before) => ({ ...before, values: next }));
  const setExtra = (next: ExtraVariable[]) => setDraft((before) => ({ ...before, extra: next }));
  const [problem, setProblem] = useState<UserProblem | null>(null);
  const [save, saving] = useIntent(UpdateCredentialsDocument, { quiet: true });
  const isSet = (name: string) => deployment.credentialsSet.includes(name) && !removed.has(name);
  const first = (name: string) => (missing.includes(name) ? 0 : 1);
  const fields = deployment.credentialFields
    .filter(({ name }) => !deployment.personalFields.includes(name))
    .sort((a, b) => first(a.name) - first(b.name));
  const folded = fields.filter(
    ({ name, advanced }) => advanced && !missing.includes(name) && !deployment.credentialsSet.includes(name),
  );
  const shown = fields.filter((field) => !folded.includes(field));
  const set = [
    ...Object.entries(values).flatMap(([name, value]) => (value === '' ? [] : [{ name, value }])),
    ...extra.flatMap(({ name, value }) => (name.trim() === '' || value === '' ? [] : [{ name: name.trim(), value }])),
  ];
  const unset = [...removed].filter((name) => !set.some((one) => one.name === name));

  const submit = async () => {
    const found = await save({ input: { id: deployment.id, set, unset } });
    setProblem(found);
    if (found) return;
    discard();
    onClose();
  };
  const cancel = () => {
    discard();
    onClose();
  };

  // Missing variables that have no field are entered as extra variables.
  const needsExtra = missing.length > 0 && missing.every((name) => !known.has(name));

  /** A required group keeps what suffices for it. */
  const isRemovable = (field: (typeof fields)[number]): boolean => {
    if (removed.has(field.name)) return true;
    const members = membersOf(field, fields);
    if (!members.some(({ required }) => required)) return true;
    return isGroupMet(members, (name) => name !== field.name && (isSet(name) || (values[name] ?? '') !== ''));
  };

  const row = (field: (typeof fields)[number]) => (
    <div key={field.name} className={classes.row}>
      <CredentialInput
        field={field}
        value={values[field.name] ?? ''}
        isSet={isSet(field.name)}
        autoFocus={!needsExtra && field === shown[0]}
        onChange={(value) => setValues({ ...values, [field.name]: value })}
      />
      {deployment.credentialsSet.includes(field.name) && isRemovable(field) && (
        <Button
          variant="subtle"
          color="gray"
          size="compact-xs"
          onClick={() => setDraft((before) => ({ ...before, removed: toggled(before.removed, field.name) }))}
        >
          {removed.has(field.name) ? 'Keep' : 'Remove'}
        </Button>
      )}
    </div>
  );

  return (
    <form className={classes.form} onSubmit={handleSubmit(submit)}>
      <div className={classes.lead}>
        <p>Values are encrypted and never shown again. Empty fields keep their value.</p>
        <EnvPaste
          draftKey={deployment.id}
          known={known}
          onPaste={(pairs) => {
            setValues({
              ...values,
              ...Object.fromEntries(pairs.filter((one) => known.has(one.name)).map((one) => [one.name, one.value])),
            });
            setExtra([
              ...extra,
              ...pairs.filter((one) => !known.has(one.name)).map((one) => extraVariable(one.name, one.value)),
            ]);
          }}
        />
      </div>
      {groupsOf(shown).map((members) =>
        members.length > 1 ? <FieldGroup key={members[0]?.name} fields={members} show={row} /> : members.map(row),
      )}
      {folded.length > 0 && (
        <Folded label={`${folded.length} advanced ${folded.length === 1 ? 'setting' : 'settings'}`}>
          {folded.map(row)}
        </Folded>
      )}
      <ExtraVariables variables={extra} errors={{}} autoFocus={needsExtra} onChange={setExtra} />
      {problem && (
        <p className={classes.problem} role="alert">
          {problem.message} {problem.hint}
        </p>
      )}
      <div className={classes.buttons}>
        <Button variant="default" onClick={cancel}>
          Cancel
        </Button>
        <Button type="submit" loading={saving} disabled={set.length === 0 && unset.length === 0}>
          Save and deploy
        </Button>
      </div>
    </form>
  );
}

const draftSchema = z.object({
  values: z.record(z.string(), z.string()),
  removed: z.array(z.string()),
  extra: z.array(z.object({ key: z.string(), name: z.string(), value: z.string() })),
});
type CredentialsDraft = z.infer<typeof draftSchema>;

const toggled = (names: readonly string[], name: string): string[] =>
  names.includes(name) ? names.filter((one) => one !== name) : [...names, name];
