import { Button } from '@mantine/core';
import { useState } from 'react';
import type { UserProblem } from '../../apollo/problem.ts';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { notifyDone } from '../../ui/feedback/notify.ts';
import { handleSubmit } from '../../ui/inputs/handle-submit.ts';
import classes from './Personal.module.css';
import { PersonalFields } from './PersonalFields.tsx';
import { type TypedValues, usePersonalValues, valuesOf } from './personal.ts';

export const PersonalFormFragment = graphql(`
  fragment PersonalForm_values on PersonalValues {
    databaseId
    owner
    set
    fields {
      name
      ...PersonalFields_field
    }
  }
`);

type PersonalFormProps = {
  values: FragmentType<typeof PersonalFormFragment>;
  onChanged: () => Promise<unknown>;
};

/** Saves and removes the viewer's own values for one deployment. */
export function PersonalForm({ values: masked, onChanged }: PersonalFormProps) {
  const values = readFragment(PersonalFormFragment, masked);
  const [typed, setTyped] = useState<TypedValues>({});
  const [problem, setProblem] = useState<UserProblem | null>(null);
  const personal = usePersonalValues(values.databaseId);
  const isEmpty = valuesOf(typed).length === 0;

  const settle = async (outcome: Awaited<ReturnType<typeof personal.save>>, done: string) => {
    setProblem(outcome.problem ?? null);
    if (outcome.problem) return;
    setTyped({});
    notifyDone(done);
    await onChanged();
  };

  return (
    <form
      className={classes.form}
      autoComplete="off"
      onSubmit={handleSubmit(async () =>
        settle(await personal.save(typed), 'Saved. Your next call uses the new values.'),
      )}
    >
      <p className={classes.lead}>
        Your calls are made with these values. They are encrypted, never shown again, and used for nobody else.
      </p>
      <PersonalFields fields={values.fields} set={values.set} typed={typed} onChange={setTyped} />
      {problem && (
        <p className={classes.problem} role="alert">
          {problem.message} {problem.hint}
        </p>
      )}
      <div className={classes.buttons}>
        {values.set.length > 0 && !values.owner && (
          <Button
            variant="default"
            loading={personal.isRemoving}
            onClick={() =>
              void personal
                .remove(false)
                .then((outcome) => settle(outcome, 'Removed. Your next call asks for them again.'))
            }
          >
            Remove
          </Button>
        )}
        <Button type="submit" loading={personal.isSaving} disabled={isEmpty}>
          Save
        </Button>
      </div>
    </form>
  );
}
