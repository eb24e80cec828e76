import { forgetOldest } from '#server/domain/forget-oldest.ts';
import type { Secret } from '../../credentials/secret.ts';
import type { ModelBudget } from '../../quotas/model-budget.ts';
import type { ReadOwnKeys } from '../../settings/own-keys.ts';
import type { AnalysisTools, SharedTools } from '../context.ts';
import type { GitHub } from '../registries/github.ts';
import { createModelReader } from './reader.ts';

/** The tools of one analysis: with its owner's own keys where there are any, else with the platform's. */
export type ToolsFor = (analysis: { id: string; ownerId: string }) => Promise<AnalysisTools>;

export type OwnerToolsDeps = Pick<SharedTools, 'tools' | 'memberTools' | 'gitHubWith' | 'imagesWith'> & {
  administratorId: string;
  readOwnKeys: ReadOwnKeys;
  model: { platformKey: Secret | null; baseUrl: string; name: string };
  budgetOf: (payer: { userId: string; analysisId: string; ownKey: boolean }) => ModelBudget;
};

const CLIENTS_MAX = 200;

export function createOwnerTools(deps: OwnerToolsDeps): ToolsFor {
  const { tools, memberTools, administratorId, gitHubWith, imagesWith, readOwnKeys, model, budgetOf } = deps;
  /** One client for each person: a response of GitHub to one person's token is remembered for that person alone. */
  const clients = new Map<string, { token: string; client: GitHub }>();

  const gitHubOf = (ownerId: string, own: Secret | null, shared: GitHub): GitHub => {
    const token = own?.reveal();
    if (token === undefined) {
      clients.delete(ownerId);
      return shared;
    }
    const known = clients.get(ownerId);
    if (known?.token === token) return known.client;
    const client = gitHubWith(token);
    clients.delete(ownerId);
    clients.set(ownerId, { token, client });
    forgetOldest(clients, CLIENTS_MAX);
    return client;
  };

  return async ({ id, ownerId }) => {
    const own = await readOwnKeys(ownerId);
    const modelKey = own.openRouter ?? model.platformKey;
    const budget = budgetOf({ userId: ownerId, analysisId: id, ownKey: own.openRouter !== null });
    const shared = ownerId === administratorId ? tools : memberTools;
    return {
      ...shared,
      github: gitHubOf(ownerId, own.gitHub, shared.github),
      images: imagesWith(own.loginFor),
      model:
        modelKey === null
          ? null
          : createModelReader({ apiKey: modelKey.reveal(), baseUrl: model.baseUrl, model: model.name, budget }),
    };
  };
}
