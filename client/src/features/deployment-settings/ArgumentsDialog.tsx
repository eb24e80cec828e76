import { Button, Modal, Switch, Textarea } from '@mantine/core';
import { useState } from 'react';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { ArgumentInput } from '../fields/ArgumentInput.tsx';
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
      ...ArgumentInput_field
    }
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

/** Gives a server other arguments. Old values cannot be shown, so each of the two parts is replaced as a whole or kept. */
function ArgumentsForm({ deployment: masked, onClose }: ArgumentsDialogProps) {
  const { id, argumentFields: fields } = readFragment(ArgumentsDialogFragment, masked);
  const [save, saving] = useSave(id);
  const [replaces, setReplaces] = useState({ named: fields.length > 0, extra: fields.length === 0 });
  const [values, setValues] = useState<Record<string, string[]>>({});
  const [extra, setExtra] = useState('');
  const [tried, setTried] = useState(false);
  const given = fields.flatMap(({ name }) =>
    (values[name] ?? []).filter((value) => value !== '').map((value) => ({ name, value })),
  );
  const missing = fields.filter((field) => field.required && !given.some(({ name }) => name === field.name));

  const submit = async () => {
    setTried(true);
    if (replaces.named && missing.length > 0) return;
    const patch = {
      ...(replaces.named ? { arguments: given } : {}),
      ...(replaces.extra ? { extraArguments: extra.split('\n').filter((line) => line !== '') } : {}),
    };
    if (await save(patch, 'A new release is on its way.')) onClose();
  };

  return (
    <form
      className={classes.stack}
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      {fields.length > 0 && (
        <>
          <Switch
            label="Replace the arguments"
            description="All of them: what is left empty here is not given any more."
            checked={replaces.named}
            onChange={(event) => setReplaces({ ...replaces, named: event.currentTarget.checked })}
          />
          {replaces.named &&
            fields.map((field) => (
              <ArgumentInput
                key={field.name}
                field={field}
                values={values[field.name] ?? []}
                error={tried && missing.includes(field) ? `${field.label} is required.` : undefined}
                onChange={(next) => setValues({ ...values, [field.name]: next })}
              />
            ))}
        </>
      )}
      <Switch
        label="Replace the extra arguments"
        description="They come after the others, one a line, exactly as written."
        checked={replaces.extra}
        onChange={(event) => setReplaces({ ...replaces, extra: event.currentTarget.checked })}
      />
      {replaces.extra && (
        <Textarea
          aria-label="Extra arguments"
          placeholder={'--verbose\n--level=3'}
          autosize
          minRows={2}
          styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 13 } }}
          spellCheck={false}
          value={extra}
          onChange={(event) => setExtra(event.currentTarget.value)}
        />
      )}
      <p className={classes.note}>{RELEASE_NOTE}</p>
      <div className={classes.buttons}>
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" loading={saving} disabled={!replaces.named && !replaces.extra}>
          Save and deploy
        </Button>
      </div>
    </form>
  );
}
