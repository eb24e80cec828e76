import { promptDigest, toolDigests } from '#deploy/host/definition-text.ts';
import type { DefinitionLock, LockedPrompt, LockedResource, LockedTool } from '#deploy/host/lock-contract.ts';
import type { PromptSummary, ResourceSummary, ToolSummary } from '../rows/snapshot.ts';
import { classifyChanges, type DefinitionChange } from './classify.ts';
import type { Definitions } from './definitions.ts';

/** A definition with the members that a list has: a snapshot holds null for those that are absent. */
const asListed = (item: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(item).filter(([, value]) => value !== null));

const listedResource = ({ template, uri, ...others }: ResourceSummary): Record<string, unknown> =>
  asListed({ [template ? 'uriTemplate' : 'uri']: uri, ...others });

type Pair<Item> = { agreed: Item; observed: Item | undefined; change: DefinitionChange | undefined };

const sentence = ({ reasons }: DefinitionChange): string => reasons[0] ?? 'Its definition changed.';

function lockTool({ agreed, observed, change }: Pair<ToolSummary>): LockedTool {
  const digests = toolDigests(agreed);
  const now = observed && toolDigests(observed);
  const isHeld = change?.isHeld === true;
  const callsPass = now !== undefined && (!isHeld || now.call === digests.call);
  return {
    name: agreed.name,
    agreed: asListed(agreed),
    accepted: now === undefined ? [] : [digests.whole, ...(isHeld ? [] : [now.whole])],
    callable: [digests.call, ...(isHeld || now === undefined ? [] : [now.call])],
    refusal: change === undefined || callsPass ? null : `The tool “${agreed.name}” changed. ${sentence(change)}`,
  };
}

function lockPrompt({ agreed, observed, change }: Pair<PromptSummary>): LockedPrompt {
  const isHeld = change?.isHeld === true;
  const asksOtherwise = change?.effects.some((effect) => effect === 'REMOVED' || effect === 'NARROWED') === true;
  return {
    name: agreed.name,
    agreed: asListed(agreed),
    accepted: observed === undefined ? [] : [promptDigest(agreed), ...(isHeld ? [] : [promptDigest(observed)])],
    refusal: change && isHeld && asksOtherwise ? `The prompt “${agreed.name}” changed. ${sentence(change)}` : null,
  };
}

/** What hosts enforce under HOLD: harmless changes pass, all others are withheld. */
export function lockOf(agreed: Definitions, observed: Definitions | null): DefinitionLock {
  const now = observed ?? agreed;
  const changes = observed === null ? [] : classifyChanges(agreed, observed);
  const changeOf = new Map(changes.map((change) => [`${change.capability} ${change.name}`, change]));
  const tools = new Map(now.tools.map((tool) => [tool.name, tool]));
  const prompts = new Map(now.prompts.map((prompt) => [prompt.name, prompt]));
  const known = new Map(agreed.resources.map((resource) => [resource.uri, resource]));
  const heldResources = changes.filter(({ capability, isHeld }) => capability === 'RESOURCE' && isHeld);
  const instructions = changeOf.get('INSTRUCTIONS instructions');
  return {
    tools: agreed.tools.map((tool) =>
      lockTool({ agreed: tool, observed: tools.get(tool.name), change: changeOf.get(`TOOL ${tool.name}`) }),
    ),
    prompts: agreed.prompts.map((prompt) =>
      lockPrompt({ agreed: prompt, observed: prompts.get(prompt.name), change: changeOf.get(`PROMPT ${prompt.name}`) }),
    ),
    resources: heldResources.map(({ name }): LockedResource => {
      const before = known.get(name);
      return { uri: name, agreed: before === undefined ? null : listedResource(before) };
    }),
    instructions: [agreed.instructions, ...(instructions?.isHeld === false ? [now.instructions] : [])],
  };
}
