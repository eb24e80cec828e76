import type { MachinesClient } from '#deploy/fly/calls.ts';

/** One client for several accounts: each call goes to the account of its app. Closing it closes no account. */
export function routeByApp(clientOf: (app: string) => MachinesClient): MachinesClient {
  return {
    create: (app, ...rest) => clientOf(app).create(app, ...rest),
    get: (app, ...rest) => clientOf(app).get(app, ...rest),
    find: (app, ...rest) => clientOf(app).find(app, ...rest),
    list: (app, ...rest) => clientOf(app).list(app, ...rest),
    wait: (app, ...rest) => clientOf(app).wait(app, ...rest),
    start: (app, ...rest) => clientOf(app).start(app, ...rest),
    stop: (app, ...rest) => clientOf(app).stop(app, ...rest),
    suspend: (app, ...rest) => clientOf(app).suspend(app, ...rest),
    restart: (app, ...rest) => clientOf(app).restart(app, ...rest),
    update: (app, ...rest) => clientOf(app).update(app, ...rest),
    delete: (app, ...rest) => clientOf(app).delete(app, ...rest),
    cordon: (app, ...rest) => clientOf(app).cordon(app, ...rest),
    uncordon: (app, ...rest) => clientOf(app).uncordon(app, ...rest),
    setMetadata: (app, ...rest) => clientOf(app).setMetadata(app, ...rest),
    findApp: (app, ...rest) => clientOf(app).findApp(app, ...rest),
    deleteApp: (app, ...rest) => clientOf(app).deleteApp(app, ...rest),
    ensureApp: (input, ...rest) => clientOf(input.name).ensureApp(input, ...rest),
    listApps: () => Promise.reject(new Error('Only the client of one account lists apps.')),
    currentToken: () => Promise.reject(new Error('Only the client of one account reads its token.')),
    close: () => Promise.resolve(),
  };
}
