import { Button, Radio, TagsInput } from '@mantine/core';
import { useState } from 'react';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { handleSubmit } from '../../ui/inputs/handle-submit.ts';
import { Panel } from '../../ui/layout/Panel.tsx';
import { ContainedActs } from './ContainedActs.tsx';
import classes from './Settings.module.css';
import { RELEASE_NOTE, useSave } from './save.ts';

const NetworkPanelFragment = graphql(`
  fragment NetworkPanel_deployment on Deployment {
    id
    egress {
      policy
      hosts
      reached
      obstacle
    }
    ...ContainedActs_deployment
  }
`);

const POLICIES = [
  {
    value: 'MACHINE',
    label: 'Whole network of the machine',
    description: 'No limit. On a computer that several people share, the same as the Internet.',
  },
  {
    value: 'PUBLIC',
    label: 'Internet',
    description:
      'Public addresses on usual ports, and the hosts below. No other program of the computer or its network.',
  },
  { value: 'LISTED', label: 'Listed hosts', description: 'Nothing but the hosts below.' },
  { value: 'NONE', label: 'Nothing', description: 'The server has no network.' },
] as const;

type Policy = (typeof POLICIES)[number]['value'];

/** Limits what the server reaches over the network, and lists what was denied. */
export function NetworkPanel(props: { deployment: FragmentType<typeof NetworkPanelFragment> }) {
  const deployment = readFragment(NetworkPanelFragment, props.deployment);
  const { id, egress } = deployment;
  const [save, saving] = useSave(id);
  const [policy, setPolicy] = useState<Policy>(egress.policy);
  const [hosts, setHosts] = useState<readonly string[]>(egress.hosts);
  const isChanged = policy !== egress.policy || hosts.join(' ') !== egress.hosts.join(' ');
  const unlisted = egress.reached.filter((entry) => !hosts.includes(entry));
  const isListing = policy === 'PUBLIC' || policy === 'LISTED';
  const submit = (list: readonly string[]) =>
    save({ egress: policy, egressHosts: [...list] }, 'Deploying a new release…');
  return (
    <Panel title="Network" description={egress.obstacle ?? undefined}>
      <form className={classes.stack} onSubmit={handleSubmit(() => submit(hosts))}>
        <Radio.Group
          label="Reach"
          description="What the server can connect to."
          value={policy}
          onChange={(chosen) => setPolicy(POLICIES.find(({ value }) => value === chosen)?.value ?? 'MACHINE')}
        >
          <div className={classes.options}>
            {POLICIES.map((one) => (
              <Radio
                key={one.value}
                value={one.value}
                label={one.label}
                description={one.description}
                disabled={egress.obstacle != null && one.value !== 'MACHINE' && one.value !== egress.policy}
              />
            ))}
          </div>
        </Radio.Group>
        {isListing && (
          <TagsInput
            label="Hosts"
            description="api.example.com, *.example.com, an address, or one of them with a port. This computer needs a port: localhost:5432."
            value={[...hosts]}
            onChange={setHosts}
            maxTags={100}
            splitChars={[',', ' ', '\n']}
          />
        )}
        {isListing && unlisted.length > 0 && (
          <div className={classes.danger}>
            <span className="muted small">The server has reached {unlisted.join(', ')}.</span>
            <Button variant="default" size="compact-sm" onClick={() => setHosts([...hosts, ...unlisted])}>
              Add to hosts
            </Button>
          </div>
        )}
        <div className={classes.save}>
          <Button type="submit" loading={saving} disabled={!isChanged}>
            Save and deploy
          </Button>
          {isChanged && (
            <span className="muted small" role="status">
              {RELEASE_NOTE}
            </span>
          )}
        </div>
      </form>
      <ContainedActs
        deployment={deployment}
        saving={saving}
        onAllow={isListing ? (entry) => submit([...hosts, entry]) : null}
      />
    </Panel>
  );
}
