import { Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import { problemText } from '../../apollo/problem.ts';
import { notifyDone } from '../../ui/feedback/notify.ts';
import { handleSubmit } from '../../ui/inputs/handle-submit.ts';
import { Panel } from '../../ui/layout/Panel.tsx';
import classes from './Bundles.module.css';
import { useBundleActions } from './bundle-actions.ts';

/** Changes the short name in the address of a bundle; empty for none. */
export function ShortNamePanel({ id, slug: saved }: { id: string; slug: string }) {
  const { update, isUpdating } = useBundleActions();
  const [slug, setSlug] = useState(saved);
  const [problem, setProblem] = useState<string | null>(null);
  const submit = async () => {
    const found = await update({ id, slug });
    setProblem(found && problemText(found));
    if (!found) notifyDone(slug === '' ? 'Short name removed' : 'Short name saved');
  };
  return (
    <Panel
      title="Short name"
      description="In the address instead of the id. Clients that use the old short name lose the bundle; the id stays."
    >
      <form className={classes.shortName} autoComplete="off" onSubmit={handleSubmit(submit)}>
        <TextInput
          aria-label="Short name"
          placeholder="None"
          spellCheck={false}
          value={slug}
          maxLength={40}
          error={problem}
          onChange={(event) => {
            setSlug(event.currentTarget.value.trim());
            setProblem(null);
          }}
        />
        <Button type="submit" variant="default" loading={isUpdating} disabled={slug === saved}>
          Save
        </Button>
      </form>
    </Panel>
  );
}
