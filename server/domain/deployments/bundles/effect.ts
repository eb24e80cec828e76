import { parseSnapshot } from '../rows/snapshot.ts';
import { effectOf } from '../views/effect.ts';
import { parseRules } from '../views/rules.ts';

/** A tool in the merged list of a bundle. */
export type BundleTool = { name: string; prefix: string; description: string | null };

export type BundleEffect = {
  tools: BundleTool[];
  /** Size of the merged `tools/list` in tokens, estimated as one token for four characters. */
  tokens: number;
};

type MemberRow = {
  prefix: string;
  view: { rules: unknown } | null;
  deployment: { currentRelease: { snapshot: unknown } | null };
};

/** What clients of a bundle see of the current releases of its members. A member that never ran adds nothing. */
export function bundleEffect(members: readonly MemberRow[]): BundleEffect {
  const effects = members.flatMap(({ prefix, view, deployment }) => {
    const rules = parseRules(view?.rules ?? {});
    const effect = effectOf(rules, parseSnapshot(deployment.currentRelease?.snapshot ?? null));
    return effect === null ? [] : [{ prefix, effect }];
  });
  return {
    tools: effects.flatMap(({ prefix, effect }) =>
      effect.tools.flatMap(({ shownName, description }) =>
        shownName === null ? [] : [{ name: `${prefix}_${shownName}`, prefix, description }],
      ),
    ),
    tokens: effects.reduce((sum, { effect }) => sum + effect.tokensAfter, 0),
  };
}
