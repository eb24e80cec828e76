/** The tabs of a deployment's page, below its own address. */
export const TABS = [
  { path: '', label: 'Overview' },
  { path: 'playground', label: 'Playground' },
  { path: 'logs', label: 'Logs' },
  { path: 'releases', label: 'Releases' },
  { path: 'access', label: 'Access' },
  { path: 'settings', label: 'Settings' },
] as const;

export type TabPath = (typeof TABS)[number]['path'];
