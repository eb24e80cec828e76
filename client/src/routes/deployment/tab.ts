import { useOutletContext } from 'react-router';
import type { MachineSizeFragment, ProcessorFragment, RegionFragment } from '../../features/catalog/catalog.ts';
import { DeploymentPageFragment } from '../../features/deployments/page-query.ts';
import { type FragmentType, readFragment } from '../../generated/index.ts';

/** The data that a deployment's page passes to its tabs. */
export type DeploymentTab = {
  deployment: FragmentType<typeof DeploymentPageFragment>;
  machineSizes: readonly FragmentType<typeof MachineSizeFragment>[];
  processors: readonly FragmentType<typeof ProcessorFragment>[];
  regions: readonly FragmentType<typeof RegionFragment>[];
};

export function useDeploymentTab() {
  const { deployment, ...rest } = useOutletContext<DeploymentTab>();
  return { deployment: readFragment(DeploymentPageFragment, deployment), ...rest };
}
