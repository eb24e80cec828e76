import { leaseSchema, parse } from './requests.ts';
import { json, OK, type Route, type RouteDeps } from './route.ts';

export const leaseRoutes = ({ store, leases }: RouteDeps): Route[] => {
  const path = '/apps/:app/machines/:machine/lease';
  return [
    {
      method: 'POST',
      path,
      action: 'lease',
      handle: ({ app, machine, body, leaseNonce }) => {
        const { record } = store.get(app, machine);
        const { ttl, description } = parse(leaseSchema, body);
        const lease = { ttlSeconds: ttl, description: description ?? '', version: record.version, nonce: leaseNonce };
        return json(leases.take(record.id, lease), 201);
      },
    },
    { method: 'GET', path, action: 'lease', handle: ({ machine }) => json(leases.find(machine)) },
    {
      method: 'DELETE',
      path,
      action: 'lease',
      handle: ({ machine, leaseNonce }) => {
        leases.release(machine, leaseNonce);
        return OK;
      },
    },
  ];
};
