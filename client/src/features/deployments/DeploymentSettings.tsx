import { Button, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { IconKey } from '@tabler/icons-react';
import { useState } from 'react';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { Panel } from '../../ui/Panel.tsx';
import { AccessOptions, IsolationSelect } from '../catalogue/AccessOptions.tsx';
import type { MachineSizeFragment, RegionFragment } from '../catalogue/catalogue.ts';
import { RegionSelect, SizeSelect, SleepSelect } from '../catalogue/MachineOptions.tsx';
import { costWords } from '../catalogue/money.ts';
import { CredentialsDialog } from '../credentials/CredentialsDialog.tsx';
import classes from './DeploymentSettings.module.css';
import { useIntent } from './intent.ts';
import { UpdateDeploymentDocument } from './intents.ts';

export const DeploymentSettingsFragment = graphql(`
  fragment DeploymentSettings_deployment on Deployment {
    id
    name
    source
    access
    isolation
    region
    memoryMb
    sleepAfterMinutes
    credentialsSet
    monthlyCost {
      alwaysOn
      withSleep
      currency
    }
    ...CredentialsDialog_deployment
  }
`);

type DeploymentSettingsProps = {
  deployment: FragmentType<typeof DeploymentSettingsFragment>;
  regions: readonly FragmentType<typeof RegionFragment>[];
  sizes: readonly FragmentType<typeof MachineSizeFragment>[];
};

export function DeploymentSettings(props: DeploymentSettingsProps) {
  const deployment = readFragment(DeploymentSettingsFragment, props.deployment);
  const { id } = deployment;
  const [update, saving] = useIntent(UpdateDeploymentDocument);
  const [editing, { open, close }] = useDisclosure(false);
  const [name, setName] = useState(deployment.name);
  const [machine, setMachine] = useState({
    region: deployment.region,
    memoryMb: deployment.memoryMb,
    isolation: deployment.isolation,
    sleepAfterMinutes: deployment.sleepAfterMinutes ?? null,
  });
  const needsRelease =
    machine.region !== deployment.region ||
    machine.memoryMb !== deployment.memoryMb ||
    machine.isolation !== deployment.isolation;
  const isChanged = needsRelease || machine.sleepAfterMinutes !== (deployment.sleepAfterMinutes ?? null);
  const save = async (patch: Omit<Parameters<typeof update>[0]['input'], 'id'>, done: string) => {
    const problem = await update({ input: { id, ...patch } });
    if (!problem) notifications.show({ message: done, color: 'green' });
  };

  return (
    <>
      <Panel title="Name">
        <form
          className={classes.inline}
          onSubmit={(event) => {
            event.preventDefault();
            void save({ name: name.trim() }, 'The name is changed.');
          }}
        >
          <TextInput
            aria-label="Name"
            value={name}
            maxLength={80}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Button
            type="submit"
            variant="default"
            loading={saving}
            disabled={name.trim() === '' || name.trim() === deployment.name}
          >
            Rename
          </Button>
        </form>
      </Panel>
      <Panel
        title="Credentials and variables"
        description="Encrypted; their values are never shown. Changing them makes a new release."
        actions={
          <Button variant="default" size="xs" leftSection={<IconKey size={14} />} onClick={open}>
            Edit
          </Button>
        }
      >
        {deployment.credentialsSet.length === 0 ? (
          <span className="muted">None is set.</span>
        ) : (
          <ul className={classes.names}>
            {deployment.credentialsSet.map((one) => (
              <li key={one}>
                <code>{one}</code>
              </li>
            ))}
          </ul>
        )}
        <CredentialsDialog deployment={deployment} opened={editing} onClose={close} />
      </Panel>
      <Panel title="Access" description="Takes effect at once, without a new release.">
        <AccessOptions
          value={deployment.access}
          onChange={(access) => void save({ access }, 'The access is changed.')}
        />
      </Panel>
      <Panel title="Machine" description={costWords(deployment.monthlyCost)}>
        <form
          className={classes.stack}
          onSubmit={(event) => {
            event.preventDefault();
            void save(machine, needsRelease ? 'A new release is on its way.' : 'Saved.');
          }}
        >
          <div className={classes.grid}>
            <RegionSelect
              regions={props.regions}
              value={machine.region}
              onChange={(region) => setMachine({ ...machine, region })}
            />
            <SizeSelect
              sizes={props.sizes}
              value={machine.memoryMb}
              onChange={(memoryMb) => setMachine({ ...machine, memoryMb })}
            />
            <SleepSelect
              value={machine.sleepAfterMinutes}
              onChange={(sleepAfterMinutes) => setMachine({ ...machine, sleepAfterMinutes })}
            />
            <IsolationSelect
              value={machine.isolation}
              onChange={(isolation) => setMachine({ ...machine, isolation })}
            />
          </div>
          <div className={classes.save}>
            <Button type="submit" loading={saving} disabled={!isChanged}>
              {needsRelease ? 'Save and deploy' : 'Save'}
            </Button>
            {needsRelease && (
              <span className="muted small">
                This makes a new release. What the server keeps on its disk does not survive it.
              </span>
            )}
          </div>
        </form>
      </Panel>
      <Panel title="Source">
        <code>{deployment.source}</code>
      </Panel>
    </>
  );
}
