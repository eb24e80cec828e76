import { Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import { submitting } from '../../ui/inputs/submitting.ts';
import { Panel } from '../../ui/layout/Panel.tsx';
import classes from './Settings.module.css';
import { useSave } from './save.ts';

export function NamePanel({ id, name: saved }: { id: string; name: string }) {
  const [save, saving] = useSave(id);
  const [name, setName] = useState(saved);
  return (
    <Panel title="Name" description="Only what it is called here; its address stays.">
      <form className={classes.inline} onSubmit={submitting(() => save({ name: name.trim() }, 'The name is changed.'))}>
        <TextInput
          aria-label="Name"
          value={name}
          maxLength={80}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Button type="submit" variant="default" loading={saving} disabled={name.trim() === '' || name.trim() === saved}>
          Rename
        </Button>
      </form>
    </Panel>
  );
}
