import { ApiError } from './api-error.ts';
import { metadataValueSchema, parse } from './requests.ts';
import { json, NO_CONTENT, type Route, type RouteAnswer, type RouteDeps, type RouteRequest } from './route.ts';

export const metadataRoutes = ({ store, leases }: RouteDeps): Route[] => {
  const change = (request: RouteRequest, edit: (metadata: Record<string, string>) => void): RouteAnswer => {
    const { record } = store.get(request.app, request.machine);
    leases.check(record.id, request.leaseNonce);
    const metadata = { ...record.config.metadata };
    edit(metadata);
    // Metadata is no new version: the machine runs on.
    record.config = { ...record.config, metadata };
    record.changed();
    return NO_CONTENT;
  };
  const path = '/apps/:app/machines/:machine/metadata';
  return [
    {
      method: 'GET',
      path,
      action: 'metadata',
      handle: ({ app, machine }) => json(store.get(app, machine).record.config.metadata ?? {}),
    },
    {
      method: 'GET',
      path: `${path}/:key`,
      action: 'metadata',
      handle: ({ app, machine, key }) => {
        const value = store.get(app, machine).record.config.metadata?.[key];
        if (value === undefined) throw new ApiError(404, 'metadata key not found');
        return json({ value });
      },
    },
    {
      method: 'POST',
      path: `${path}/:key`,
      action: 'metadata',
      handle: (request) => {
        const { value } = parse(metadataValueSchema, request.body);
        return change(request, (metadata) => {
          metadata[request.key] = value;
        });
      },
    },
    {
      method: 'DELETE',
      path: `${path}/:key`,
      action: 'metadata',
      handle: (request) =>
        change(request, (metadata) => {
          delete metadata[request.key];
        }),
    },
  ];
};
