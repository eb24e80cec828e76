import { useLocation } from 'react-router';
import { useDeploymentName } from '../deployments/name.ts';

export type Crumb = { to: string; label: string };

const DEPLOYMENT_PATH = /^\/deployments\/([^/]+)/;

/** Where the page is, from the address; a deployment is named as soon as the cache knows it. */
export function useCrumbs(): Crumb[] {
  const { pathname } = useLocation();
  const databaseId = DEPLOYMENT_PATH.exec(pathname)?.[1] ?? null;
  const name = useDeploymentName(databaseId);
  if (pathname.startsWith('/new')) return [{ to: '/new', label: 'New deployment' }];
  if (pathname.startsWith('/account')) return [{ to: '/account', label: 'Account' }];
  if (pathname.startsWith('/registry')) return [{ to: '/registry', label: 'Registry' }];
  if (pathname.startsWith('/audit')) return [{ to: '/audit', label: 'Audit' }];
  if (pathname.startsWith('/device')) return [{ to: '/device', label: 'Let a program in' }];
  if (pathname.startsWith('/settings')) return [{ to: '/settings', label: 'Settings' }];
  const list = { to: '/deployments', label: 'Deployments' };
  return databaseId ? [list, { to: `/deployments/${databaseId}`, label: name ?? '…' }] : [list];
}
