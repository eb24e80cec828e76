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

/** The signed-in user. Only components below `RequireViewer` can call it. */
export function useViewer(): Viewer {
  const viewer = use(ViewerContext);
  if (!viewer) throw new Error('No viewer above.');
  return viewer;
}
