import { useLocation } from 'react-router';
import { deploymentPath, PAGES, pagePath } from '../../navigation/pages.ts';
import { useDeploymentName } from '../deployments/name.ts';

export type Crumb = { to: string; label: string };

const DEPLOYMENT_PATH = /^\/deployments\/([^/]+)/;

/** The trail to the current page. A deployment is named as soon as the cache knows its name. */
export function useCrumbs(): Crumb[] {
  const { pathname } = useLocation();
  const databaseId = DEPLOYMENT_PATH.exec(pathname)?.[1] ?? null;
  const name = useDeploymentName(databaseId);
  const page = PAGES.find(({ path }) => pathname === path || pathname.startsWith(`${path}/`));
  const own = page ? { to: page.path, label: page.title } : { to: pagePath('deployments'), label: 'Deployments' };
  return databaseId ? [own, { to: deploymentPath(databaseId), label: name ?? '…' }] : [own];
}
