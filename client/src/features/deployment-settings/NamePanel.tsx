import { Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import { handleSubmit } from '../../ui/inputs/handle-submit.ts';
import { Panel } from '../../ui/layout/Panel.tsx';
import classes from './Settings.module.css';
import { useSave } from './save.ts';

export function NamePanel({ id, name: saved }: { id: string; name: string }) {
  const [save, saving] = useSave(id);
  const [name, setName] = useState(saved);
  return (
    <Panel title="Name" description="Changing the name doesn’t change the endpoint.">
      <form className={classes.inline} onSubmit={handleSubmit(() => save({ name: name.trim() }, 'Renamed'))}>
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
