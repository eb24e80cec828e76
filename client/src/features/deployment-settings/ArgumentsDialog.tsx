import { Button, Modal, Textarea } from '@mantine/core';
import { useState } from 'react';
import { z } from 'zod';
import { useDraft } from '../../drafts/draft-store.ts';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { handleSubmit } from '../../ui/inputs/handle-submit.ts';
import { FilesNote } from '../deployments/FilesNote.tsx';
import { ArgumentFields } from '../fields/ArgumentFields.tsx';
import classes from './Settings.module.css';
import { RELEASE_NOTE, useSave } from './save.ts';

export const ArgumentsDialogFragment = graphql(`
  fragment ArgumentsDialog_deployment on Deployment {
    id
    name
    argumentFields {
      name
      label
      kind
      required
      ...ArgumentFields_field
    }
    argumentValues {
      name
      value
    }
    extraArguments
  }
`);

type ArgumentsDialogProps = {
  deployment: FragmentType<typeof ArgumentsDialogFragment>;
  opened: boolean;
  onClose: () => void;
};

export function ArgumentsDialog(props: ArgumentsDialogProps) {
  const { name } = readFragment(ArgumentsDialogFragment, props.deployment);
  return (
    <Modal opened={props.opened} onClose={props.onClose} title={`Arguments of ${name}`} size="lg" keepMounted={false}>
      {props.opened && <ArgumentsForm {...props} />}
    </Modal>
  );
}

const draftSchema = z.object({ values: z.record(z.string(), z.array(z.string())), extra: z.string().nullable() });

/** Groups values by argument, as the form holds them: a repeated argument has several. */
const byName = (values: readonly { name: string; value: string }[]): Record<string, string[]> =>
  Object.fromEntries(
    [...Map.groupBy(values, ({ name }) => name)].map(([name, all]) => [name, all.map(({ value }) => value)]),
  );

/** Changes the arguments of a server. A hidden value that is not edited stays the same. */
function ArgumentsForm({ deployment: masked, onClose }: ArgumentsDialogProps) {
  const { id, argumentFields: fields, argumentValues, extraArguments } = readFragment(ArgumentsDialogFragment, masked);
  const [save, saving] = useSave(id);
  // Kept in memory when the dialog closes. After a reload the values that are no secrets are still there.
  const plain = new Set(fields.filter(({ kind }) => kind !== 'SECRET' && kind !== 'FILE').map(({ name }) => name));
  const [draft, setDraft, discard] = useDraft<z.infer<typeof draftSchema>>({
    key: `arguments:${id}`,
    schema: draftSchema,
    initial: () => ({ values: {}, extra: null }),
    toStored: ({ values }) => ({
      values: Object.fromEntries(Object.entries(values).filter(([name]) => plain.has(name))),
      extra: null, // it may hold a secret
    }),
  });
  const before = byName(argumentValues);
  const values = { ...before, ...draft.values };
  const extra = draft.extra ?? extraArguments.join('\n');
  const [tried, setTried] = useState(false);
  const filled = fields.flatMap(({ name }) =>
    (values[name] ?? []).filter((value) => value !== '').map((value) => ({ name, value })),
  );
  const missing = fields.filter((field) => field.required && !filled.some(({ name }) => name === field.name));
  const changed = {
    named: fields.some(({ name }) => (values[name] ?? []).join('\n') !== (before[name] ?? []).join('\n')),
    extra: extra !== extraArguments.join('\n'),
  };

  const submit = async () => {
    setTried(true);
    // The extra arguments may hold the required ones: the form cannot know.
    if (missing.length > 0 && extra.trim() === '') return;
    const patch = {
      ...(changed.named ? { arguments: filled } : {}),
      ...(changed.extra ? { extraArguments: extra.split('\n').filter((line) => line !== '') } : {}),
    };
    if (!(await save(patch, 'Deploying a new release…'))) return;
    discard();
    onClose();
  };
  const cancel = () => {
    discard();
    onClose();
  };

  return (
    <form className={classes.stack} onSubmit={handleSubmit(submit)}>
      <ArgumentFields
        autoFocus
        fields={fields}
        values={values}
        errorOf={(name) => {
          const field = tried && missing.find((one) => one.name === name);
          return field ? `${field.label} is required.` : undefined;
        }}
        onChange={(name, next) => setDraft((now) => ({ ...now, values: { ...now.values, [name]: next } }))}
      />
      <Textarea
        label="Extra arguments"
        data-autofocus={fields.length === 0 || undefined}
        description="Added after the other arguments, one per line, exactly as written. •••••• means a hidden value."
        placeholder={'--verbose\n--level=3'}
        autosize
        minRows={2}
        styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 13 } }}
        spellCheck={false}
        value={extra}
        onChange={(event) => {
          const { value } = event.currentTarget;
          setDraft((now) => ({ ...now, extra: value }));
        }}
      />
      <p className={classes.note}>
        {RELEASE_NOTE} <FilesNote id={id} />
      </p>
      <div className={classes.buttons}>
        <Button variant="default" onClick={cancel}>
          Cancel
        </Button>
        <Button type="submit" loading={saving} disabled={!changed.named && !changed.extra}>
          Save and deploy
        </Button>
      </div>
    </form>
  );
}
