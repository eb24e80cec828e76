import { reachable } from '#server/domain/reach.ts';
import { builder } from '../builder.ts';
import { rowUuid } from '../ids.ts';
import { ViewType } from '../view/view.ts';

export const AccessTokenType = builder.prismaNode('AccessToken', {
  description: 'A bearer token for one endpoint. The token itself is shown once, when it is made.',
  id: { field: 'id', description: 'The global id.' },
  nullable: true, // one that is not there is null, not an error of ours
  findUnique: (id, { actor }) => ({ id: rowUuid(id), deployment: reachable(actor?.userId ?? '', 'OPERATE') }),
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Name given by the owner.' }),
    prefix: t.exposeString('prefix', {
      description: 'First characters of the access token, by which people recognize it.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the token expires, or null if it never does.',
    }),
    lastUsedAt: t.expose('lastUsedAt', { type: 'DateTime', nullable: true, description: 'When it was last used.' }),
    view: t.relation('view', {
      type: ViewType,
      nullable: true,
      description: 'The view that its calls see, whatever address they use; null for the whole server.',
    }),
    revokedAt: t.expose('revokedAt', { type: 'DateTime', nullable: true, description: 'When it was revoked.' }),
  }),
});
