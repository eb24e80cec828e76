import type { LocalNeed } from '../detect/local-needs.ts';
import type { Described } from '../result.ts';

/** A secret that belongs to an app, and signs nobody in by itself. */
const OF_APP = /CLIENT_SECRET|CLIENT_KEY|API_HASH|APP_SECRET/;

/** True where a key that the form asks for signs in without the window of a browser. */
const signsInByKey = ({ credentials }: Described['candidate']): boolean =>
  credentials.some(
    ({ name, kind, requirement }) => kind === 'SECRET' && requirement !== 'OPTIONAL' && !OF_APP.test(name),
  );

/**
 * A server that needs its user's own computer can still be deployed, on machines of that computer: the user has to
 * confirm that they know.
 */
export function withLocalNeed(described: Described, need: LocalNeed | null): Described {
  const { candidate, warnings } = described;
  if (!need || candidate.verdict !== 'MCP_SERVER') return described;
  if (need.kind === 'browser' && signsInByKey(candidate)) return described;
  const { file, line } = need.evidence;
  const where = file === null ? '' : ` (${file}${line === null ? '' : `:${line}`})`;
  return {
    ...described,
    candidate: { ...candidate, verdict: 'NEEDS_LOCAL_APP' },
    warnings: [
      ...warnings,
      {
        code: 'NEEDS_LOCAL_COMPUTER',
        weight: 'CONFIRM',
        message: `${need.message}${where}`,
        candidateKey: candidate.key,
      },
    ],
  };
}
