import { Button, Modal, TagsInput } from '@mantine/core';
import { useState } from 'react';
import { z } from 'zod';
import type { UserProblem } from '../../apollo/problem.ts';
import { useDraft } from '../../drafts/draft-store.ts';
import classes from '../../ui/feedback/ConfirmDialog.module.css';
import { handleSubmit } from '../../ui/inputs/handle-submit.ts';
import { UpdateDeploymentDocument } from './intents.ts';
import { tagChanges } from './tag-changes.ts';
import { useIntent } from './use-intent.ts';

type Row = { id: string; name: string; tags: readonly string[] };
type TagsDialogProps = { rows: readonly Row[]; opened: boolean; onClose: () => void };

const draftSchema = z.object({ add: z.array(z.string()), remove: z.array(z.string()) });

export function TagsDialog({ rows, opened, onClose }: TagsDialogProps) {
  const [only] = rows;
  const title = rows.length === 1 && only ? `Tags of ${only.name}` : `Tags of ${rows.length} deployments`;
  return (
    <Modal opened={opened} onClose={onClose} title={title} keepMounted={false}>
      {opened && <TagsForm rows={rows} onClose={onClose} />}
    </Modal>
  );
}

/** Adds tags to one or several deployments and removes others. */
function TagsForm({ rows, onClose }: Omit<TagsDialogProps, 'opened'>) {
  const inUse = [...new Set(rows.flatMap(({ tags }) => tags))];
  const [draft, setDraft, discard] = useDraft<z.infer<typeof draftSchema>>({
    key: `tags:${rows.map(({ id }) => id).join()}`,
    schema: draftSchema,
    initial: () => ({ add: [], remove: [] }),
  });
  const [update, saving] = useIntent(UpdateDeploymentDocument, { quiet: true });
  const [problem, setProblem] = useState<UserProblem | null>(null);
  const changes = tagChanges(rows, draft);
  const submit = async () => {
    for (const change of changes) {
      const found = await update({ input: change });
      if (found) return setProblem(found);
    }
    discard();
    onClose();
  };
  return (
    <form className={classes.form} onSubmit={handleSubmit(submit)}>
      <TagsInput
        label="Add"
        placeholder="Type a tag and press Enter"
        data-autofocus
        value={draft.add}
        maxTags={20}
        onChange={(add) => setDraft((before) => ({ ...before, add }))}
      />
      {inUse.length > 0 && (
        <TagsInput
          label="Remove"
          placeholder={draft.remove.length === 0 ? 'Choose tags' : ''}
          data={inUse}
          value={draft.remove}
          onChange={(remove) =>
            setDraft((before) => ({ ...before, remove: remove.filter((tag) => inUse.includes(tag)) }))
          }
        />
      )}
      {problem && (
        <p className={classes.problem} role="alert">
          {problem.message} {problem.hint}
        </p>
      )}
      <div className={classes.buttons}>
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" loading={saving} disabled={changes.length === 0}>
          Save
        </Button>
      </div>
    </form>
  );
}
