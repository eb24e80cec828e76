import { parseSnapshot } from '#server/domain/deployments/rows/snapshot.ts';
import { effectOf, type ToolEffect, type ViewEffect } from '#server/domain/deployments/views/effect.ts';
import { parseRules } from '#server/domain/deployments/views/rules.ts';
import { resourcePath } from '#server/domain/oauth/names.ts';
import { reachable } from '#server/domain/reach.ts';
import { builder } from '../builder.ts';
import { rowUuid } from '../ids.ts';

const ToolEffectType = builder.objectRef<ToolEffect>('ToolEffect').implement({
  description: 'A tool of the current release, and how a view shows it.',
  fields: (t) => ({
    name: t.exposeString('name', { description: "The server's own name." }),
    shownName: t.exposeString('shownName', {
      nullable: true,
      description: 'The name in the view; null if it is hidden.',
    }),
    description: t.exposeString('description', { nullable: true, description: 'The description that clients read.' }),
  }),
});

export const ViewEffectType = builder.objectRef<ViewEffect>('ViewEffect').implement({
  description: 'What clients of a view see of the current release, beside what the server has.',
  fields: (t) => ({
    toolsBefore: t.exposeInt('toolsBefore', { description: 'Tools of the server.' }),
    toolsAfter: t.exposeInt('toolsAfter', { description: 'Tools in the view.' }),
    tokensBefore: t.exposeInt('tokensBefore', {
      description: 'Size of the answer to `tools/list` in tokens, estimated as one token for four characters.',
    }),
    tokensAfter: t.exposeInt('tokensAfter', { description: 'Size of the answer in tokens, as the view gives it.' }),
    tools: t.field({
      type: [ToolEffectType],
      description: 'Each tool of the server.',
      resolve: ({ tools }) => tools,
    }),
    notes: t.exposeStringList('notes', { description: 'Rules that do nothing, and calls that will fail.' }),
  }),
});

export const ViewType = builder.prismaNode('View', {
  description: 'A part of the server of a deployment, under names of its own, at an address of its own.',
  id: { field: 'id', description: 'The global id.' },
  nullable: true, // one that is not there is null, not an error of ours
  findUnique: (id, { actor }) => ({ id: rowUuid(id), deployment: reachable(actor?.userId ?? '', 'OPERATE') }),
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Name of the view, the last part of its address.' }),
    url: t.string({
      description: 'The address at which clients reach the view.',
      select: { deploymentId: true, name: true },
      resolve: ({ deploymentId, name }, _args, { publicUrl }) => publicUrl + resourcePath(deploymentId, name),
    }),
    rules: t.field({
      type: 'JSON',
      description: 'The rules, as `saveView` takes them, with everything that was left out.',
      select: { rules: true },
      resolve: ({ rules }) => parseRules(rules),
    }),
    revision: t.exposeInt('revision', { description: 'Number of the present rules, higher with each change.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When its rules were last changed.' }),
    effect: t.field({
      type: ViewEffectType,
      nullable: true,
      description: 'What clients see of the current release; null before the first one serves.',
      select: { rules: true, deployment: { select: { currentRelease: { select: { snapshot: true } } } } },
      resolve: ({ rules, deployment }) =>
        effectOf(parseRules(rules), parseSnapshot(deployment.currentRelease?.snapshot ?? null)),
    }),
  }),
});
