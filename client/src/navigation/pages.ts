import {
  type Icon,
  IconBooks,
  IconDevices,
  IconHistory,
  IconPlus,
  IconServer2,
  IconSettings,
  IconStack2,
  IconUser,
  IconUsers,
} from '@tabler/icons-react';

type Page = {
  key: string;
  path: string;
  /** Names the page in its breadcrumb. */
  title: string;
  icon: Icon;
  /** Labels the page in the rail; a page without it is not in the rail. */
  railLabel?: string;
  /** Labels the page in the palette; a page without it is not in the palette. */
  paletteLabel?: string;
  /** The key that opens the page after `g`, and what the list of shortcuts says about it. */
  shortcut?: { key: string; label: string };
};

/** The pages of the dashboard, in the order of the rail. Router, rail, palette, breadcrumb and shortcuts read it. */
const TABLE = [
  {
    key: 'deployments',
    path: '/deployments',
    title: 'Deployments',
    icon: IconServer2,
    railLabel: 'Deployments',
    paletteLabel: 'Deployments',
    shortcut: { key: 'd', label: 'Go to deployments' },
  },
  {
    key: 'new',
    path: '/new',
    title: 'New deployment',
    icon: IconPlus,
    railLabel: 'New',
    paletteLabel: 'New deployment',
    shortcut: { key: 'n', label: 'Go to new deployment' },
  },
  {
    key: 'bundles',
    path: '/bundles',
    title: 'Bundles',
    icon: IconStack2,
    railLabel: 'Bundles',
    paletteLabel: 'Bundles: several servers at one address',
    shortcut: { key: 'b', label: 'Go to bundles' },
  },
  {
    key: 'registry',
    path: '/registry',
    title: 'Registry',
    icon: IconBooks,
    railLabel: 'Registry',
    paletteLabel: 'Registry: browse servers',
    shortcut: { key: 'r', label: 'Go to the registry' },
  },
  {
    key: 'audit',
    path: '/audit',
    title: 'Audit',
    icon: IconHistory,
    railLabel: 'Audit',
    paletteLabel: 'Audit',
    shortcut: { key: 'a', label: 'Go to audit' },
  },
  {
    key: 'settings',
    path: '/settings',
    title: 'Settings',
    icon: IconSettings,
    railLabel: 'Settings',
    paletteLabel: 'Settings and API tokens',
    shortcut: { key: 's', label: 'Go to settings' },
  },
  { key: 'installation', path: '/settings/installation', title: 'Settings', icon: IconSettings },
  { key: 'members', path: '/settings/members', title: 'Members', icon: IconUsers },
  {
    key: 'account',
    path: '/account',
    title: 'Account',
    icon: IconUser,
    paletteLabel: 'Account, password and sessions',
  },
  { key: 'device', path: '/device', title: 'Authorize a device', icon: IconDevices },
] as const satisfies readonly Page[];

export type PageKey = (typeof TABLE)[number]['key'];

/** The table, typed so that optional members can be read. */
export const PAGES: readonly (Page & { key: PageKey })[] = TABLE;

export const pagePath = (key: PageKey): string => PAGES.find((page) => page.key === key)?.path ?? '/';

/** The address that starts the analysis of a source, or shows an analysis. */
export const newPath = (query: { source: string } | { analysis: string }): string =>
  `${pagePath('new')}?${new URLSearchParams(query)}`;

/** The address at which the viewer enters own values for a deployment. */
export const keysPath = (databaseId: string): string => `${pagePath('account')}/keys/${databaseId}`;

/** The address of one deployment's page, below which its tabs lie. */
export const deploymentPath = (databaseId: string, tab = ''): string =>
  `${pagePath('deployments')}/${databaseId}${tab === '' ? '' : `/${tab}`}`;
