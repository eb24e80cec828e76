import { Button, Checkbox, Switch } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'react-router';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { keysPath } from '../../navigation/pages.ts';
import { Panel } from '../../ui/layout/Panel.tsx';
import classes from './Settings.module.css';
import { RELEASE_NOTE, useSave } from './save.ts';

export const PersonalPanelFragment = graphql(`
  fragment PersonalPanel_deployment on Deployment {
    id
    databaseId
    access
    personalFields
    openToMembers
    credentialFields {
      name
      label
      kind
    }
  }
`);

/** Decides which credentials each person enters, and who may connect. */
export function PersonalPanel(props: { deployment: FragmentType<typeof PersonalPanelFragment> }) {
  const deployment = readFragment(PersonalPanelFragment, props.deployment);
  const [save, saving] = useSave(deployment.id);
  const [chosen, setChosen] = useState<string[]>([...deployment.personalFields]);
  const isPublic = deployment.access === 'PUBLIC';
  const isChanged = [...chosen].sort().join() !== [...deployment.personalFields].sort().join();
  const fields = deployment.credentialFields.filter(({ kind }) => kind !== 'FILE');
  if (fields.length === 0) return null;
  return (
    <Panel
      title="Own keys"
      description="Each caller’s calls are made with that person’s own values. You keep yours, with which the server is checked."
    >
      <div className={classes.stack}>
        <Checkbox.Group
          label="Each person enters"
          description={isPublic ? 'Not for a public endpoint, which does not know who calls.' : undefined}
          value={chosen}
          onChange={setChosen}
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
        <div className={classes.save}>
          <Button
            variant="default"
            loading={saving}
            disabled={!isChanged}
            onClick={() => void save({ personalFields: chosen }, 'Own keys updated')}
          >
            Save
          </Button>
          <p className={classes.note}>{RELEASE_NOTE}</p>
          {deployment.personalFields.length > 0 && (
            <Link className="link" to={keysPath(deployment.databaseId)}>
              Your own values
            </Link>
          )}
        </div>
        <Switch
          label="Everyone who can sign in here may connect"
          description={
            deployment.access === 'OAUTH'
              ? 'People allow their own clients. Switching it off disconnects them and deletes their keys.'
              : 'Only with OAuth access.'
          }
          checked={deployment.openToMembers}
          disabled={deployment.access !== 'OAUTH' || saving}
          onChange={(event) =>
            void save({ openToMembers: event.currentTarget.checked }, 'Saved. It applies to the next call.')
          }
        />
      </div>
    </Panel>
  );
}
