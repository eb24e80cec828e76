import type { ApolloCache, Reference } from '@apollo/client';

type StoredEdge = { __typename: string; cursor: string; node: Reference };
type StoredConnection = { edges: readonly StoredEdge[]; totalCount?: number };

type Deployment = { __typename?: string; id: string };

const referenceTo = (cache: ApolloCache, { id }: { id: string }): string =>
  cache.identify({ __typename: 'Deployment', id }) ?? '';

/** Puts a new deployment at the head of the list, where the server would return it. Does nothing if it is listed. */
export function addToList(cache: ApolloCache, deployment: Deployment): void {
  const reference = { __ref: referenceTo(cache, deployment) };
  changeLists(cache, (list) =>
    list.edges.some((edge) => edge.node.__ref === reference.__ref)
      ? list
      : {
          ...list,
          // It needs no cursor: the next page is requested with the cursor of the last edge.
          edges: [{ __typename: 'DeploymentEdge', cursor: '', node: reference }, ...list.edges],
        },
  );
}

export function removeFromList(cache: ApolloCache, id: string): void {
  const gone = referenceTo(cache, { id });
  changeLists(cache, (list) => ({ ...list, edges: list.edges.filter((edge) => edge.node.__ref !== gone) }));
}

const changeLists = (cache: ApolloCache, change: (list: StoredConnection) => StoredConnection): void => {
  cache.modify({
    fields: {
      deployments: (existing: unknown) => change(existing as StoredConnection), // what relayStylePagination keeps
    },
  });
};
