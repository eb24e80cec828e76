import { Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import { problemText, type UserProblem } from '../../apollo/problem.ts';
import { ConfirmDialog } from '../../ui/feedback/ConfirmDialog.tsx';
import { notifyDone } from '../../ui/feedback/notify.ts';
import { handleSubmit } from '../../ui/inputs/handle-submit.ts';
import { Panel } from '../../ui/layout/Panel.tsx';
import classes from './Views.module.css';
import { useViewActions } from './view-actions.ts';

type ViewNamingProps = {
  deploymentId: string;
  id: string;
  name: string;
  boundTokens: readonly string[];
  onRenamed: (name: string) => void;
  onDeleted: () => void;
};

/** Renames a view, or deletes it with everything that is bound to it. */
export function ViewNaming({ deploymentId, id, name, boundTokens, onRenamed, onDeleted }: ViewNamingProps) {
  const [typed, setTyped] = useState(name);
  const [problem, setProblem] = useState<UserProblem | null>(null);
  const [isDeleting, setDeleting] = useState(false);
  const actions = useViewActions(deploymentId);
  const wanted = typed.trim();
  const rename = async () => {
    const found = await actions.rename(id, wanted);
    setProblem(found);
    if (found) return;
    notifyDone(`View renamed to ${wanted}`);
    onRenamed(wanted);
  };
  return (
    <Panel title="Name" tone="danger" label={`Name of ${name}`}>
      <form className={classes.create} autoComplete="off" onSubmit={handleSubmit(rename)}>
        <TextInput
          label="Name of the view"
          description="The address changes with the name: clients have to be set up again. Bound tokens stay valid."
          value={typed}
          maxLength={40}
          error={problem && problemText(problem)}
          onChange={(event) => {
            setTyped(event.currentTarget.value);
            setProblem(null);
          }}
        />
        <Button
          type="submit"
          variant="default"
          loading={actions.isRenaming}
          disabled={wanted === '' || wanted === name}
        >
          Rename
        </Button>
        <Button color="red.8" onClick={() => setDeleting(true)}>
          Delete view
        </Button>
      </form>
      <ConfirmDialog
        opened={isDeleting}
        onClose={() => setDeleting(false)}
        title={`Delete view ${name}?`}
        confirm="Delete"
        working={actions.isDeleting}
        onConfirm={async () => {
          const found = await actions.remove(id);
          if (!found) {
            notifyDone(`View ${name} deleted`);
            onDeleted();
          }
          return found;
        }}
      >
        Its address stops working, and open streams through it end.
        {boundTokens.length > 0 && ` Tokens that are bound to it are deleted: ${boundTokens.join(', ')}.`}
      </ConfirmDialog>
    </Panel>
  );
}
