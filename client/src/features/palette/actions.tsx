import type { SpotlightActionData, SpotlightActionGroupData } from '@mantine/spotlight';
import {
  IconBooks,
  IconFlask,
  IconHistory,
  IconKey,
  IconKeyboard,
  IconLogout,
  IconPlayerPlay,
  IconPlayerStop,
  IconPlus,
  IconReload,
  IconRocket,
  IconServer2,
  IconSettings,
  IconTerminal2,
  IconUser,
} from '@tabler/icons-react';
import type { ComponentType } from 'react';
import { STATUS_LOOKS, type Status } from '../../ui/data/status.ts';
import { guessSourceKind } from '../analysis/source-kind.ts';
import { CAN_RESTART, CAN_START, CAN_STOP } from '../deployments/status-groups.ts';
import { TABS, type TabPath } from '../deployments/tabs.ts';
import { SCHEMES } from '../shell/SchemeItems.tsx';
import type { FoundServer } from './registry-search.ts';

type ActionIcon = ComponentType<{ size?: number; stroke?: number }>;
type Go = (to: string) => void;

export type Target = { id: string; databaseId: string; name: string; source: string; status: Status };

type Entry = {
  id: string;
  label: string;
  icon: ActionIcon;
  onClick: () => void;
  description?: string;
  keywords?: string;
};

const entry = ({ icon: EntryIcon, ...rest }: Entry): SpotlightActionData => ({
  ...rest,
  leftSection: <EntryIcon size={18} stroke={1.7} />,
});

const PAGES = [
  { label: 'New deployment', to: '/new', icon: IconPlus },
  { label: 'Deployments', to: '/deployments', icon: IconServer2 },
  { label: 'Registry: browse servers', to: '/registry', icon: IconBooks },
  { label: 'Audit', to: '/audit', icon: IconHistory },
  { label: 'Account, password and sessions', to: '/account', icon: IconUser },
  { label: 'Settings and API tokens', to: '/settings', icon: IconSettings },
] as const;

const TAB_ICONS: Record<TabPath, ActionIcon> = {
  '': IconServer2,
  playground: IconFlask,
  logs: IconTerminal2,
  releases: IconHistory,
  access: IconKey,
  settings: IconSettings,
};

export const pageActions = (go: Go): SpotlightActionGroupData => ({
  group: 'Go to',
  actions: PAGES.map(({ label, to, icon }) => entry({ id: to, label, icon, onClick: () => go(to) })),
});

type Intents = { start: () => void; stop: () => void; restart: () => void };

/** What can be done to the deployment on the screen in its present status, and its tabs. */
export function deploymentActions(here: Target, intents: Intents, go: Go): SpotlightActionGroupData {
  const { name, status, databaseId } = here;
  const startWord = status === 'FAILED' ? 'Try again' : status === 'ASLEEP' ? 'Wake' : 'Start';
  const page = `/deployments/${databaseId}`;
  const run = (id: string, label: string, icon: ActionIcon, onClick: () => void) => entry({ id, label, icon, onClick });
  return {
    group: 'This deployment',
    actions: [
      ...(CAN_START.has(status) ? [run('start', `${startWord}: ${name}`, IconPlayerPlay, intents.start)] : []),
      ...(CAN_STOP.has(status) ? [run('stop', `Stop ${name}`, IconPlayerStop, intents.stop)] : []),
      ...(CAN_RESTART.has(status) ? [run('restart', `Restart ${name}…`, IconReload, intents.restart)] : []),
      ...TABS.map(({ label, path }) =>
        run(`here:${path}`, `${label} of ${name}`, TAB_ICONS[path], () => go(path === '' ? page : `${page}/${path}`)),
      ),
    ],
  };
}

export const listActions = (targets: readonly Target[], go: Go): SpotlightActionGroupData => ({
  group: 'Deployments',
  actions: targets.map(({ id, name, databaseId, status, source }) =>
    entry({
      id,
      label: name,
      icon: STATUS_LOOKS[status].icon,
      description: `${STATUS_LOOKS[status].word} · ${source}`,
      onClick: () => go(`/deployments/${databaseId}`),
    }),
  ),
});

type Rest = { setScheme: (scheme: 'auto' | 'light' | 'dark') => void; signOut: () => void; showShortcuts: () => void };

export const restActions = ({ setScheme, signOut, showShortcuts }: Rest): SpotlightActionGroupData => ({
  group: 'Catwalk',
  actions: [
    ...SCHEMES.map(({ value, label, icon }) =>
      entry({ id: value, label: `Theme: ${label}`, icon, keywords: 'appearance', onClick: () => setScheme(value) }),
    ),
    entry({ id: 'shortcuts', label: 'Keyboard shortcuts', icon: IconKeyboard, onClick: showShortcuts }),
    entry({ id: 'sign-out', label: 'Sign out', icon: IconLogout, keywords: 'log out', onClick: signOut }),
  ],
});

/** A bare word is a search; with a slash or a colon it names a place. */
const isPlace = (query: string): boolean => /[/:]/.test(query) && guessSourceKind(query) !== null;

/**
 * What begins with the query itself, and what the registry has for it. The servers come last, since they arrive later
 * than the key: what the keyboard has chosen by then keeps its place.
 */
export function registryActions(query: string, servers: readonly FoundServer[], go: Go): SpotlightActionGroupData[] {
  const typed = query.trim();
  if (typed === '') return [];
  const deploy = (source: string) => go(`/new?source=${encodeURIComponent(source)}`);
  return [
    {
      group: 'Registry',
      actions: [
        ...(isPlace(typed)
          ? [entry({ id: 'place', label: `Deploy ${typed}`, icon: IconRocket, onClick: () => deploy(typed) })]
          : []),
        entry({
          id: 'search',
          label: `Search the registry for “${typed}”`,
          icon: IconBooks,
          onClick: () => go(`/registry?q=${encodeURIComponent(typed)}`),
        }),
        ...servers.map(({ id, name, title, source }) =>
          entry({ id, label: `Deploy ${title}`, icon: IconRocket, description: name, onClick: () => deploy(source) }),
        ),
      ],
    },
  ];
}
