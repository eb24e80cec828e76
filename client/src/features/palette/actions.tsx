import type { SpotlightActionData, SpotlightActionGroupData } from '@mantine/spotlight';
import {
  IconBooks,
  IconKeyboard,
  IconLogout,
  IconPlayerPlay,
  IconPlayerStop,
  IconReload,
  IconRocket,
} from '@tabler/icons-react';
import type { ComponentType } from 'react';
import { deploymentPath, newPath, PAGES, pagePath } from '../../navigation/pages.ts';
import { tabsOf } from '../../navigation/tabs.ts';
import { guessSourceKind } from '../analysis/source-kind.ts';
import { SCHEMES } from '../shell/SchemeItems.tsx';
import { STATUS_LOOKS } from '../status/looks.ts';
import { canRestart, canStart, canStop, isAsleep, needsRetry, type Status } from '../status/status.ts';
import type { FoundServer } from './registry-search.ts';

type ActionIcon = ComponentType<{ size?: number; stroke?: number }>;
type Go = (to: string) => void;

export type Target = {
  id: string;
  databaseId: string;
  name: string;
  source: string;
  status: Status;
  isBundle?: boolean;
};

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

export const pageActions = (go: Go): SpotlightActionGroupData => ({
  group: 'Go to',
  actions: PAGES.flatMap(({ path, paletteLabel, icon }) =>
    paletteLabel ? [entry({ id: path, label: paletteLabel, icon, onClick: () => go(path) })] : [],
  ),
});

type Intents = { start: () => void; stop: () => void; restart: () => void };

/** The actions that the deployment on the screen accepts in its status, and its tabs. */
export function deploymentActions(here: Target, intents: Intents, go: Go): SpotlightActionGroupData {
  const { name, status, databaseId, isBundle = false } = here;
  const startVerb = needsRetry(status) ? 'Retry' : isAsleep(status) ? 'Wake' : 'Start';
  const run = (id: string, label: string, icon: ActionIcon, onClick: () => void) => entry({ id, label, icon, onClick });
  return {
    group: 'This deployment',
    actions: [
      ...(canStart(status) ? [run('start', `${startVerb} ${name}`, IconPlayerPlay, intents.start)] : []),
      ...(canStop(status) ? [run('stop', `Stop ${name}`, IconPlayerStop, intents.stop)] : []),
      ...(canRestart(status) && !isBundle ? [run('restart', `Restart ${name}…`, IconReload, intents.restart)] : []),
      ...tabsOf({ isBundle }).map(({ label, path, icon }) =>
        run(`here:${path}`, `${label} of ${name}`, icon, () => go(deploymentPath(databaseId, path))),
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
      description: `${STATUS_LOOKS[status].label} · ${source}`,
      onClick: () => go(deploymentPath(databaseId)),
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

/** A bare word is a search; with a slash or a colon it is a source. */
const isSource = (query: string): boolean => /[/:]/.test(query) && guessSourceKind(query) !== null;

/**
 * The actions for the query itself, and the servers that the registry found. The servers come last, since they arrive
 * later than the key: the action that the keyboard has selected by then keeps its place.
 */
export function registryActions(query: string, servers: readonly FoundServer[], go: Go): SpotlightActionGroupData[] {
  const typed = query.trim();
  if (typed === '') return [];
  const deploy = (source: string) => go(newPath({ source }));
  return [
    {
      group: 'Registry',
      actions: [
        ...(isSource(typed)
          ? [entry({ id: 'source', label: `Deploy ${typed}`, icon: IconRocket, onClick: () => deploy(typed) })]
          : []),
        entry({
          id: 'search',
          label: `Search the registry for “${typed}”`,
          icon: IconBooks,
          onClick: () => go(`${pagePath('registry')}?q=${encodeURIComponent(typed)}`),
        }),
        ...servers.map(({ id, name, title, source }) =>
          entry({ id, label: `Deploy ${title}`, icon: IconRocket, description: name, onClick: () => deploy(source) }),
        ),
      ],
    },
  ];
}
