import '@mantine/spotlight/styles.css';
import { useQuery } from '@apollo/client/react';
import { Spotlight, type SpotlightActionData, type SpotlightActionGroupData, spotlight } from '@mantine/spotlight';
import {
  IconBooks,
  IconDeviceDesktop,
  IconFlask,
  IconHistory,
  IconKey,
  IconMoon,
  IconPlus,
  IconSearch,
  IconServer2,
  IconSettings,
  IconSun,
  IconTerminal2,
  IconUser,
} from '@tabler/icons-react';
import { type ComponentType, useEffect } from 'react';
import { useLocation, useNavigate } from 'react-router';
import { graphql } from '../../generated/index.ts';
import { STATUS_LOOKS } from '../../ui/status.ts';
import { useScheme } from './SchemeItems.tsx';

const PaletteDocument = graphql(`
  query Palette {
    deployments(first: 200) {
      edges {
        node {
          id
          databaseId
          name
          source
          status
          updatedAt
        }
      }
    }
  }
`);

const PARTS = [
  { label: 'Overview', path: '', icon: IconServer2 },
  { label: 'Playground', path: 'playground', icon: IconFlask },
  { label: 'Logs', path: 'logs', icon: IconTerminal2 },
  { label: 'Releases', path: 'releases', icon: IconHistory },
  { label: 'Access', path: 'access', icon: IconKey },
  { label: 'Settings', path: 'settings', icon: IconSettings },
] as const;

type PaletteProps = {
  /** Counts the wishes to open it; each one more opens it. */
  opening: number;
};

/** ⌘K: every deployment, every page, every scheme. Its code is loaded when it is first wanted. */
export default function Palette({ opening }: PaletteProps) {
  useEffect(() => {
    if (opening > 0) spotlight.open();
  }, [opening]);
  const { data } = useQuery(PaletteDocument);
  const targets = data?.deployments.edges.map((edge) => edge.node) ?? [];
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const here = targets.find((one) => pathname.startsWith(`/deployments/${one.databaseId}`));
  const { setColorScheme } = useScheme();
  const go = (
    id: string,
    label: string,
    to: string,
    icon: ComponentType<{ size?: number; stroke?: number }>,
    description?: string,
  ): SpotlightActionData => {
    const ActionIcon = icon;
    return {
      id,
      label,
      leftSection: <ActionIcon size={18} stroke={1.7} />,
      onClick: () => void navigate(to),
      ...(description ? { description } : {}),
    };
  };

  const actions: SpotlightActionGroupData[] = [
    {
      group: 'Go to',
      actions: [
        go('new', 'New deployment', '/new', IconPlus),
        go('deployments', 'Deployments', '/deployments', IconServer2),
        go('registry', 'Registry: browse servers', '/registry', IconBooks),
        go('audit', 'Audit', '/audit', IconHistory),
        go('account', 'Account, password and sessions', '/account', IconUser),
        go('settings', 'Settings and API tokens', '/settings', IconSettings),
      ],
    },
    {
      group: 'This deployment',
      actions: here
        ? PARTS.map(({ label, path, icon }) =>
            go(`here:${path}`, `${label} of ${here.name}`, `/deployments/${here.databaseId}/${path}`, icon),
          )
        : [],
    },
    {
      group: 'Deployments',
      actions: targets.map((one) =>
        go(
          one.id,
          one.name,
          `/deployments/${one.databaseId}`,
          STATUS_LOOKS[one.status].icon,
          `${STATUS_LOOKS[one.status].word} · ${one.source}`,
        ),
      ),
    },
    {
      group: 'Appearance',
      actions: [
        { id: 'light', label: 'Light', leftSection: <IconSun size={18} />, onClick: () => setColorScheme('light') },
        { id: 'dark', label: 'Dark', leftSection: <IconMoon size={18} />, onClick: () => setColorScheme('dark') },
        {
          id: 'auto',
          label: 'As the system',
          leftSection: <IconDeviceDesktop size={18} />,
          onClick: () => setColorScheme('auto'),
        },
      ],
    },
  ];

  return (
    <Spotlight
      actions={actions.filter((group) => group.actions.length > 0)}
      shortcut={null}
      highlightQuery
      scrollable
      maxHeight={420}
      limit={12}
      nothingFound="Nothing matches."
      searchProps={{
        leftSection: <IconSearch size={18} />,
        placeholder: 'Deployments, pages …',
        'aria-label': 'Search everything',
      }}
    />
  );
}
