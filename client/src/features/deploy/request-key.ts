const KEY_BYTES = 16;

/** A random text; unlike `crypto.randomUUID` it is there without TLS too. */
const randomKey = (): string =>
  [...crypto.getRandomValues(new Uint8Array(KEY_BYTES))].map((byte) => byte.toString(16).padStart(2, '0')).join('');

/** Returns one idempotency key for each different input, so that a repeated press or a retry deploys once. */
export function createRequestKeys(random: () => string = randomKey): (input: object) => string {
  let last: { input: string; key: string } | null = null;
  return (input) => {
    const text = JSON.stringify(input);
    if (last?.input !== text) last = { input: text, key: random() };
    return last.key;
  };
}
