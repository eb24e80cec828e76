import { useQuery } from '@apollo/client/react';
import { useDebouncedValue } from '@mantine/hooks';
import { graphql } from '../../generated/index.ts';

const PaletteServersDocument = graphql(`
  query PaletteServers($search: String!) {
    registryServers(search: $search, deployable: true, first: 5) {
      edges {
        node {
          id
          name
          title
          analyzeSource
        }
      }
    }
  }
`);

const DELAY_MS = 150;
const CHARACTERS_MIN = 2;

export type FoundServer = { id: string; name: string; title: string; source: string };

/** Finds deployable servers in the copy of the registry, a moment after the last key; short queries find nothing. */
export function useRegistrySearch(query: string): FoundServer[] {
  const [search] = useDebouncedValue(query.trim(), DELAY_MS);
  const isWanted = search.length >= CHARACTERS_MIN && query.trim().length >= CHARACTERS_MIN;
  const { data, previousData } = useQuery(PaletteServersDocument, { variables: { search }, skip: !isWanted });
  if (!isWanted) return [];
  const { edges } = (data ?? previousData)?.registryServers ?? { edges: [] };
  return edges.flatMap(({ node: { id, name, title, analyzeSource } }) =>
    analyzeSource ? [{ id, name, title, source: analyzeSource }] : [],
  );
}
