import { createContext, use } from 'react';
import type { ViewerQuery } from '../../generated/graphql.ts';
import { graphql } from '../../generated/index.ts';

export const ViewerDocument = graphql(`
  query Viewer {
    viewer {
      id
      name
      email
      role
    }
  }
`);

export type Viewer = NonNullable<ViewerQuery['viewer']>;

export const ViewerContext = createContext<Viewer | null>(null);

/** Who is signed in; only below the guard. */
export function useViewer(): Viewer {
  const viewer = use(ViewerContext);
  if (!viewer) throw new Error('No viewer above.');
  return viewer;
}
