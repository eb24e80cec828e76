import { Button, Checkbox } from '@mantine/core';
import { useState } from 'react';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { Panel } from '../../ui/layout/Panel.tsx';
import { membersOf } from '../deploy/arrange-fields.ts';
import { isEnough } from '../personal/is-enough.ts';
import { PersonalFields } from '../personal/PersonalFields.tsx';
import { type TypedValues, valuesOf } from '../personal/personal.ts';
import classes from './Settings.module.css';
import { RELEASE_NOTE, useSave } from './save.ts';

export const PersonalPanelFragment = graphql(`
  fragment PersonalPanel_deployment on Deployment {
    id
    access
    personalFields
    credentialsSet
    credentialFields {
      name
      label
      kind
      required
      group
      together
      ...PersonalFields_field
    }
  }
`);

/** Decides which credentials each person enters. */
export function PersonalPanel(props: { deployment: FragmentType<typeof PersonalPanelFragment> }) {
  const deployment = readFragment(PersonalPanelFragment, props.deployment);
  const { personalFields: saved, credentialsSet } = deployment;
  const [save, saving] = useSave(deployment.id);
  const [chosen, setChosen] = useState<readonly string[]>(saved);
  const [typed, setTyped] = useState<TypedValues>({});
  const isPublic = deployment.access === 'PUBLIC';
  const fields = deployment.credentialFields.filter(({ kind }) => kind !== 'FILE');
  if (fields.length === 0) return null;

  const shared = fields.filter(({ name }) => saved.includes(name) && !chosen.includes(name));
  const personal = fields.filter(({ name }) => !saved.includes(name) && chosen.includes(name));
  const changed = [...shared, ...personal];
  // A shared value of a field that becomes personal stays the owner's own.
  const unset = personal.filter(({ name }) => !credentialsSet.includes(name));
  const values = valuesOf(typed).filter(({ name }) => [...shared, ...unset].some((field) => field.name === name));
  const given = [...values.map(({ name }) => name), ...credentialsSet];

  /** Fields of which one is enough are all personal or all shared. */
  const choose = (next: readonly string[]) => {
    const toggled = fields.filter(({ name }) => next.includes(name) !== chosen.includes(name));
    const names = toggled.flatMap((field) => membersOf(field, fields)).map(({ name }) => name);
    const isAdded = next.length > chosen.length;
    setChosen(isAdded ? [...new Set([...chosen, ...names])] : chosen.filter((name) => !names.includes(name)));
  };

  return (
    <Panel
      title="Own keys"
      description="Each person’s calls are made with the keys that they enter. Yours are also used to check the server."
    >
      <div className={classes.stack}>
        <Checkbox.Group
          label="Each person enters"
          description={isPublic ? 'Not for a public endpoint, which does not know who calls.' : undefined}
          value={[...chosen]}
          onChange={choose}
        >
          <div className={classes.options}>
            {fields.map(({ name, label }) => (
              <Checkbox
                key={name}
                value={name}
                disabled={isPublic}
                label={label === name ? name : `${label} (${name})`}
              />
            ))}
          </div>
        </Checkbox.Group>
        {unset.length > 0 && (
          <div className={classes.values}>
            <p className={classes.note}>Your own value. The server is checked with it.</p>
            <PersonalFields fields={unset} typed={typed} onChange={setTyped} />
          </div>
        )}
        {shared.length > 0 && (
          <div className={classes.values}>
            <p className={classes.note}>
              One value for everyone. The values that people entered for {shared.map(({ name }) => name).join(', ')} are
              deleted.
            </p>
            <PersonalFields fields={shared} typed={typed} onChange={setTyped} />
          </div>
        )}
        <div className={classes.save}>
          <Button
            variant="default"
            loading={saving}
            disabled={changed.length === 0 || !isEnough(changed, given)}
            onClick={() => void save({ personalFields: [...chosen], credentials: values }, 'Own keys updated')}
          >
            Save and deploy
          </Button>
          <p className={classes.note}>{RELEASE_NOTE}</p>
        </div>
      </div>
    </Panel>
  );
}
