import type { Route } from '../route.ts';
import type { RouteView } from './route-view.ts';

/** The view through which a request sees the deployment; null for the whole server. */
export const viewIn = ({ views }: Pick<Route, 'views'>, { viewId }: { viewId?: string }): RouteView | null =>
  viewId === undefined ? null : (views.find(({ id }) => id === viewId) ?? null);
