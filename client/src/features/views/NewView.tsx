import { Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import { problemText, type UserProblem } from '../../apollo/problem.ts';
import { handleSubmit } from '../../ui/inputs/handle-submit.ts';
import classes from './Views.module.css';
import { useViewActions } from './view-actions.ts';

type NewViewProps = { deploymentId: string; names: readonly string[]; onCreated: (name: string) => Promise<void> };

/** Creates a view that shows everything; its rules are edited afterwards. */
export function NewView({ deploymentId, names, onCreated }: NewViewProps) {
  const [name, setName] = useState('');
  const [problem, setProblem] = useState<UserProblem | null>(null);
  const { save, isSaving } = useViewActions(deploymentId);
  const wanted = name.trim();
  const submit = async () => {
    // Saving under a name that exists would replace the rules of that view.
    if (names.includes(wanted)) {
      setProblem({ code: 'INVALID_INPUT', message: `There is a view “${wanted}” already. Choose another name.` });
      return;
    }
    const outcome = await save(wanted, {});
    setProblem(outcome.problem ?? null);
    if (outcome.problem) return;
    setName('');
    await onCreated(wanted);
  };
  return (
    <form className={`${classes.create} ${classes.above}`} autoComplete="off" onSubmit={handleSubmit(submit)}>
      <TextInput
        label="New view"
        placeholder="read-only"
        description="Lower-case letters, digits and hyphens. The last part of its address."
        value={name}
        maxLength={40}
        error={problem && problemText(problem)}
        onChange={(event) => {
          setName(event.currentTarget.value);
          setProblem(null);
        }}
      />
      <Button type="submit" loading={isSaving} disabled={wanted === ''}>
        Create view
      </Button>
    </form>
  );
}
