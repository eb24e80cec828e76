import { forbidden } from './api-error.ts';
import type { MachineStore } from './machine-store.ts';
import { assignAddressSchema, createAppSchema, parse } from './requests.ts';
import { json, type Route, type RouteDeps } from './route.ts';

const appJson = (store: MachineStore, name: string) => {
  const app = store.getApp(name);
  return {
    id: app.name,
    name: app.name,
    status: 'deployed',
    machine_count: store.of(name).filter(({ record }) => record.state !== 'destroyed').length,
    network: app.network ?? 'default',
    organization: { name: app.organization, slug: app.organization },
  };
};

export const appRoutes = ({ store }: RouteDeps): Route[] => [
  {
    method: 'GET',
    path: '/apps',
    action: 'list-apps',
    handle: ({ query, organization: own }) => {
      const wanted = query.get('org_slug') ?? own;
      if (own !== null && wanted !== own) throw forbidden();
      const apps = store.appsOf(wanted).map(({ name }) => appJson(store, name));
      return json({ apps, total_apps: apps.length });
    },
  },
  {
    method: 'POST',
    path: '/apps',
    action: 'create-app',
    handle: ({ body, organization: own }) => {
      const { name, app_name: otherName, org_slug: organization, network } = parse(createAppSchema, body);
      if (own !== null && organization !== own) throw forbidden();
      const app = { name: name ?? otherName ?? '', organization: organization ?? 'personal', network: network ?? null };
      store.addApp({ ...app, ips: [] });
      return json({ id: app.name, created_at: 0 }, 201);
    },
  },
  {
    method: 'GET',
    path: '/tokens/current',
    action: 'get',
    handle: ({ organization }) => json({ tokens: [{ token_id: 'local', org_slug: organization ?? 'personal' }] }),
  },
  { method: 'GET', path: '/apps/:app', action: 'get', handle: ({ app }) => json(appJson(store, app)) },
  {
    method: 'DELETE',
    path: '/apps/:app',
    action: 'delete-app',
    handle: ({ app }) => {
      store.removeApp(app);
      return json({}, 202);
    },
  },
  {
    method: 'GET',
    path: '/apps/:app/ip_assignments',
    action: 'list-ips',
    handle: ({ app }) => json({ ips: store.getApp(app).ips }),
  },
  {
    method: 'POST',
    path: '/apps/:app/ip_assignments',
    action: 'assign-ip',
    handle: ({ app, body }) => {
      const { type, network } = parse(assignAddressSchema, body);
      if (type === 'private_v6') {
        const address = { ip: 'fdaa:0:1::1', shared: false, network: network ?? 'default' };
        store.getApp(app).ips.push(address);
        return json(address);
      }
      // Addresses of documentation: nothing listens there.
      const ip = type === 'v6' ? '2001:db8::1' : '198.51.100.1';
      const address = { ip, shared: type === 'shared_v4' };
      store.getApp(app).ips.push(address);
      return json(address);
    },
  },
];
