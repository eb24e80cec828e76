import { appNotFound } from './api-error.ts';
import { appRoutes } from './app-routes.ts';
import { leaseRoutes } from './lease-routes.ts';
import { machineRoutes } from './machine-routes.ts';
import { metadataRoutes } from './metadata-routes.ts';
import type { Route, RouteDeps } from './route.ts';

/** Everything of the Machines API that this computer imitates. */
export const createRoutes = (deps: RouteDeps): Route[] =>
  [...appRoutes(deps), ...machineRoutes(deps), ...metadataRoutes(deps), ...leaseRoutes(deps)].map((route) => ({
    ...route,
    handle: (request) => {
      const { app, organization } = request;
      // To a token of another organization the app looks as if it were not there.
      if (app !== '' && organization !== null && deps.store.getApp(app).organization !== organization) {
        throw appNotFound();
      }
      return route.handle(request);
    },
  }));
