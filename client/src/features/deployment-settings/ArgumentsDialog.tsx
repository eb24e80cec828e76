import { Button, Modal, Textarea } from '@mantine/core';
import { useState } from 'react';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { submitting } from '../../ui/inputs/submitting.ts';
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

/** The values as the form holds them: a repeated argument has several. */
const byName = (values: readonly { name: string; value: string }[]): Record<string, string[]> =>
  Object.fromEntries(
    [...Map.groupBy(values, ({ name }) => name)].map(([name, all]) => [name, all.map(({ value }) => value)]),
  );

/** Gives a server other arguments. A hidden one that is left as it stands here stays what it is. */
function ArgumentsForm({ deployment: masked, onClose }: ArgumentsDialogProps) {
  const { id, argumentFields: fields, argumentValues, extraArguments } = readFragment(ArgumentsDialogFragment, masked);
  const [save, saving] = useSave(id);
  const [values, setValues] = useState(() => byName(argumentValues));
  const [extra, setExtra] = useState(() => extraArguments.join('\n'));
  const [tried, setTried] = useState(false);
  const given = fields.flatMap(({ name }) =>
    (values[name] ?? []).filter((value) => value !== '').map((value) => ({ name, value })),
  );
  const missing = fields.filter((field) => field.required && !given.some(({ name }) => name === field.name));
  const before = byName(argumentValues);
  const isOther = {
    named: fields.some(({ name }) => (values[name] ?? []).join('\n') !== (before[name] ?? []).join('\n')),
    extra: extra !== extraArguments.join('\n'),
  };

  const submit = async () => {
    setTried(true);
    // Further arguments may be the required ones: the form cannot know.
    if (missing.length > 0 && extra.trim() === '') return;
    const patch = {
      ...(isOther.named ? { arguments: given } : {}),
      ...(isOther.extra ? { extraArguments: extra.split('\n').filter((line) => line !== '') } : {}),
    };
    if (await save(patch, 'A new release is on its way.')) onClose();
  };

  return (
    <form className={classes.stack} onSubmit={submitting(submit)}>
      <ArgumentFields
        autoFocus
        fields={fields}
        values={values}
        errorOf={(name) => {
          const field = tried && missing.find((one) => one.name === name);
          return field ? `${field.label} is required.` : undefined;
        }}
        onChange={(name, next) => setValues({ ...values, [name]: next })}
      />
      <Textarea
        label="Extra arguments"
        data-autofocus={fields.length === 0 || undefined}
        description="They come after the others, one a line, exactly as written. Dots stand for one that is hidden."
        placeholder={'--verbose\n--level=3'}
        autosize
        minRows={2}
        styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 13 } }}
        spellCheck={false}
        value={extra}
        onChange={(event) => setExtra(event.currentTarget.value)}
      />
      <p className={classes.note}>{RELEASE_NOTE}</p>
      <div className={classes.buttons}>
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" loading={saving} disabled={!isOther.named && !isOther.extra}>
          Save and deploy
        </Button>
      </div>
    </form>
  );
}
