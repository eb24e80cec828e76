/**
 * A value for a variable that a server demands before it answers, of the shape that its name promises. It leads nowhere:
 * servers are observed without a network.
 */
export function placeholderFor(name: string): string {
  if (/MONGO/.test(name)) return 'mongodb://127.0.0.1:9/db';
  if (/(?:URL|URI|ENDPOINT|BASE)$/.test(name)) return 'https://placeholder.invalid';
  if (/HOST(?:NAME)?$|DOMAIN$/.test(name)) return 'placeholder.invalid';
  if (/PORT$/.test(name)) return '9';
  if (/EMAIL|USER/.test(name)) return 'person@placeholder.invalid';
  return 'placeholder';
}
