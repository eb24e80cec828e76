import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { Panel } from '../../ui/layout/Panel.tsx';
import type { MachineSizeFragment, ProcessorFragment, RegionFragment } from '../catalog/catalog.ts';
import { RemotePanel } from '../remote/RemotePanel.tsx';
import { AccessPanel } from './AccessPanel.tsx';
import { ArgumentsPanel } from './ArgumentsPanel.tsx';
import { CredentialsPanel } from './CredentialsPanel.tsx';
import { DangerPanel } from './DangerPanel.tsx';
import { DataPanel } from './DataPanel.tsx';
import { MachinePanel } from './MachinePanel.tsx';
import { NamePanel } from './NamePanel.tsx';
import { NetworkPanel } from './NetworkPanel.tsx';
import { PersonalPanel } from './PersonalPanel.tsx';
import { PublicPagePanel } from './PublicPagePanel.tsx';
import { ShortNamePanel } from './ShortNamePanel.tsx';

export const DeploymentSettingsFragment = graphql(`
  fragment DeploymentSettings_deployment on Deployment {
    id
    name
    isBundle
    ...ShortNamePanel_deployment
    ...PublicPagePanel_deployment
    source
    access
    isolation
    region
    memoryMb
    processor
    sleepAfterMinutes
    answersWhileAsleep
    ...ArgumentsPanel_deployment
    ...CredentialsPanel_deployment
    ...DataPanel_deployment
    egress {
      policy
      hosts
    }
    ...NetworkPanel_deployment
    ...PersonalPanel_deployment
    personalFields
    ...RemotePanel_deployment
  }
`);

type DeploymentSettingsProps = {
  deployment: FragmentType<typeof DeploymentSettingsFragment>;
  regions: readonly FragmentType<typeof RegionFragment>[];
  sizes: readonly FragmentType<typeof MachineSizeFragment>[];
  processors: readonly FragmentType<typeof ProcessorFragment>[];
};

/** All settings of a deployment. */
export function DeploymentSettings(props: DeploymentSettingsProps) {
  const deployment = readFragment(DeploymentSettingsFragment, props.deployment);
  const { id, name, isBundle, access, region, memoryMb, processor, isolation } = deployment;
  const { sleepAfterMinutes = null, answersWhileAsleep } = deployment;
  const saved = { region, memoryMb, processor, isolation, sleepAfterMinutes, answersWhileAsleep };
  if (isBundle)
    return (
      <>
        <NamePanel id={id} name={name} />
        <ShortNamePanel deployment={deployment} />
        <AccessPanel id={id} name={name} access={access} />
        <PublicPagePanel deployment={deployment} />
        <DangerPanel id={id} name={name} />
      </>
    );
  return (
    <>
      <NamePanel id={id} name={name} />
      <ShortNamePanel deployment={deployment} />
      <RemotePanel deployment={deployment} />
      <CredentialsPanel deployment={deployment} />
      {/* Started over when another tab has saved other fields. */}
      <PersonalPanel key={deployment.personalFields.join(' ')} deployment={deployment} />
      <ArgumentsPanel deployment={deployment} />
      <AccessPanel id={id} name={name} access={access} />
      <PublicPagePanel deployment={deployment} />
      {/* The form starts over when another tab has saved other values. */}
      <MachinePanel
        key={`${region} ${memoryMb} ${processor} ${isolation} ${sleepAfterMinutes} ${answersWhileAsleep}`}
        id={id}
        saved={saved}
        regions={props.regions}
        sizes={props.sizes}
        processors={props.processors}
      />
      <NetworkPanel key={`${deployment.egress.policy} ${deployment.egress.hosts.join(' ')}`} deployment={deployment} />
      <DataPanel deployment={deployment} />
      <Panel title="Source" description="The source you pasted when you deployed it.">
        <code>{deployment.source}</code>
      </Panel>
      <DangerPanel id={id} name={name} />
    </>
  );
}
