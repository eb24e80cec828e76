import {
  IconActivity,
  IconEye,
  IconFlask,
  IconGitCompare,
  IconHistory,
  IconKey,
  IconServer2,
  IconSettings,
  IconStack2,
  IconTerminal2,
  IconTools,
} from '@tabler/icons-react';

/** The tabs of a deployment's page, below its own address. Router, page and palette read it. */
export const TABS = [
  { path: '', label: 'Overview', icon: IconServer2 },
  { path: 'members', label: 'Members', icon: IconStack2 },
  { path: 'tools', label: 'Tools', icon: IconTools },
  { path: 'calls', label: 'Calls', icon: IconActivity },
  { path: 'playground', label: 'Playground', icon: IconFlask },
  { path: 'logs', label: 'Logs', icon: IconTerminal2 },
  { path: 'releases', label: 'Releases', icon: IconHistory },
  { path: 'changes', label: 'Changes', icon: IconGitCompare },
  { path: 'views', label: 'Views', icon: IconEye },
  { path: 'access', label: 'Access', icon: IconKey },
  { path: 'settings', label: 'Settings', icon: IconSettings },
] as const;

export type TabPath = (typeof TABS)[number]['path'];

/** A bundle runs no process of its own: its tools are those of its members, and it has no log, versions or views. */
const OF_BUNDLES: ReadonlySet<TabPath> = new Set(['', 'members', 'calls', 'playground', 'access', 'settings']);

/** The tabs that a deployment has. */
export const tabsOf = ({ isBundle }: { isBundle: boolean }) =>
  TABS.filter(({ path }) => (isBundle ? OF_BUNDLES.has(path) : path !== 'members'));
