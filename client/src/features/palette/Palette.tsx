import { deploymentPath } from '../../navigation/pages.ts';
import '@mantine/spotlight/styles.css';
import { useQuery } from '@apollo/client/react';
import { Spotlight, spotlight } from '@mantine/spotlight';
import { IconSearch } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useLocation, useNavigate } from 'react-router';
import { graphql } from '../../generated/index.ts';
import { StartDocument, StopDocument } from '../deployments/intents.ts';
import { RestartDialog } from '../deployments/RestartDialog.tsx';
import { useIntent } from '../deployments/use-intent.ts';
import { useScheme } from '../shell/SchemeItems.tsx';
import { useSignOut } from '../viewer/sign-out.ts';
import { deploymentActions, listActions, pageActions, registryActions, restActions, type Target } from './actions.tsx';
import { filterWith } from './matching.ts';
import { useRegistrySearch } from './registry-search.ts';

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
          isBundle
          updatedAt
        }
      }
    }
  }
`);

type PaletteProps = {
  /** Counts the requests to open the palette; each increment opens it. */
  opening: number;
  onShortcuts: () => void;
};

/**
 * ⌘K finds every deployment, every page, the registry, every theme, and the actions of the deployment on the screen.
 * Its code is loaded when it is first opened.
 */
export default function Palette({ opening, onShortcuts }: PaletteProps) {
  useEffect(() => {
    if (opening > 0) spotlight.open();
  }, [opening]);
  const [query, setQuery] = useState('');
  const { data } = useQuery(PaletteDocument);
  const servers = useRegistrySearch(query);
  const navigate = useNavigate();
  const go = (to: string) => void navigate(to);
  const { pathname } = useLocation();
  const { setColorScheme } = useScheme();
  const signOut = useSignOut();
  const [start] = useIntent(StartDocument);
  const [stop] = useIntent(StopDocument);
  const [restarting, setRestarting] = useState<Target | null>(null);

  const targets = data?.deployments.edges.map((edge) => edge.node) ?? [];
  const here = targets.find((one) => pathname.startsWith(deploymentPath(one.databaseId)));
  const groups = [
    ...(here
      ? [
          deploymentActions(
            here,
            {
              start: () => void start({ id: here.id }),
              stop: () => void stop({ id: here.id }),
              restart: () => setRestarting(here),
            },
            go,
          ),
        ]
      : []),
    pageActions(go),
    listActions(targets, go),
    restActions({ setScheme: setColorScheme, signOut: () => void signOut(), showShortcuts: onShortcuts }),
  ];

  return (
    <>
      <Spotlight
        actions={groups}
        filter={filterWith(groups, registryActions(query, servers, go))}
        query={query}
        onQueryChange={setQuery}
        shortcut={null}
        centered={false} // centered, it would move with every key as its length changes
        attributes={{ content: { 'aria-label': 'Palette' } }}
        highlightQuery
        scrollable
        maxHeight={420}
        searchProps={{
          leftSection: <IconSearch size={18} />,
          placeholder: 'Deployments, pages, registry …',
          'aria-label': 'Search everything',
          maxLength: 200,
        }}
      />
      {restarting && (
        <RestartDialog id={restarting.id} name={restarting.name} opened onClose={() => setRestarting(null)} />
      )}
    </>
  );
}
