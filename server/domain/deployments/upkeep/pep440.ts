/** A version of a Python package, in the parts that its order follows (PEP 440). */
type Pep440 = { epoch: number; release: number[]; pre: [number, number]; post: number; dev: number };

const PATTERN =
  /^v?(?:(\d+)!)?(\d+(?:\.\d+)*)(?:[-_.]?(alpha|a|beta|b|preview|pre|c|rc)[-_.]?(\d*))?(?:-(\d+)|[-_.]?(post|rev|r)[-_.]?(\d*))?(?:[-_.]?(dev)[-_.]?(\d*))?(?:\+[a-z0-9]+(?:[-_.][a-z0-9]+)*)?$/i;
const PRE_ORDER: Record<string, number> = { a: 0, alpha: 0, b: 1, beta: 1, c: 2, rc: 2, pre: 2, preview: 2 };
/** After every alpha, beta and candidate: the release itself. */
const FINAL: [number, number] = [3, 0];
/** Before every alpha: a development version of the release. */
const BEFORE_ALPHA: [number, number] = [-1, 0];

function parse(text: string): Pep440 | null {
  const match = PATTERN.exec(text.trim());
  if (!match) return null;
  const [, epoch, release = '', preWord, preNumber, postDash, postWord, postNumber, devWord, devNumber] = match;
  const hasPost = postDash !== undefined || postWord !== undefined;
  const dev = devWord === undefined ? Number.POSITIVE_INFINITY : Number(devNumber || 0);
  const isDevOfRelease = preWord === undefined && !hasPost && devWord !== undefined;
  return {
    epoch: Number(epoch ?? 0),
    release: release.split('.').map(Number),
    pre:
      preWord === undefined
        ? isDevOfRelease
          ? BEFORE_ALPHA
          : FINAL
        : [PRE_ORDER[preWord.toLowerCase()] ?? 0, Number(preNumber || 0)],
    post: hasPost ? Number(postDash ?? (postNumber || 0)) : -1,
    dev,
  };
}

/** Below zero when `a` comes before `b`, by PEP 440; null when one of them is no such version. */
export function comparePep440(a: string, b: string): number | null {
  const left = parse(a);
  const right = parse(b);
  if (!left || !right) return null;
  const length = Math.max(left.release.length, right.release.length);
  const keyOf = ({ epoch, release, pre, post, dev }: Pep440): number[] => [
    epoch,
    ...Array.from({ length }, (_, at) => release[at] ?? 0),
    ...pre,
    post,
    dev,
  ];
  const other = keyOf(right);
  for (const [at, number] of keyOf(left).entries()) {
    const against = other[at] ?? 0;
    if (number !== against) return number < against ? -1 : 1;
  }
  return 0;
}
