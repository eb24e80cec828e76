type Particulars = Record<string, unknown>;

const text = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '');
const names = (value: unknown): string => (Array.isArray(value) ? value.map(text).join(', ') : '');
const word = (status: unknown): string => text(status).toLowerCase().replaceAll('_', ' ');
const METHODS: Record<string, string> = { link: 'with a link', email: 'with a password', github: 'with GitHub' };

/** What each type of entry says, in words. One without words here is shown by its type. */
const SENTENCES: Record<string, (data: Particulars) => string> = {
  'deployment.created': ({ name, package: what, version }) => `Deployed ${text(name)}: ${text(what)} ${text(version)}`,
  'deployment.redeployed': ({ release, reason }) => `Made release ${text(release)} (${text(reason)})`,
  'deployment.started': () => 'Started it',
  'deployment.stopped': () => 'Stopped it',
  'deployment.restarted': () => 'Restarted it',
  'deployment.deleted': () => 'Deleted it',
  'deployment.updated': ({ changed }) => `Changed ${names(changed)}`,
  'deployment.status': ({ from, to, code }) =>
    `Went from ${word(from)} to ${word(to)}${code === undefined ? '' : ` (${text(code)})`}`,
  'credentials.updated': ({ set, unset }) =>
    [names(set) && `Set ${names(set)}`, names(unset) && `removed ${names(unset)}`].filter(Boolean).join(', ') ||
    'Changed credentials',
  'access-token.created': ({ name }) => `Made the access token “${text(name)}”`,
  'access-token.revoked': ({ name }) => `Revoked the access token “${text(name)}”`,
  'api-token.created': ({ name }) => `Made the API token “${text(name)}”`,
  'api-token.revoked': ({ name }) => `Revoked the API token “${text(name)}”`,
  'user.created': () => 'Made an account',
  'user.signed-in': ({ method }) => `Signed in ${METHODS[text(method)] ?? ''}`.trim(),
  'user.signed-out': ({ sessions }) => (sessions === 1 ? 'Signed out' : `Signed out of ${text(sessions)} browsers`),
  'user.updated': ({ changed }) => `Changed their ${names(changed)}`,
  'device.allowed': ({ name, scope }) => `Let ${text(name)} in, to ${scope === 'READ' ? 'read' : 'read and change'}`,
  'device.denied': ({ name }) => `Turned ${text(name)} away`,
  'client.allowed': ({ name, redirect }) => `Let ${text(name)} in (${text(redirect)})`,
  'client.denied': ({ name }) => `Turned ${text(name)} away`,
  'client.revoked': ({ name, reason }) => `Ended what ${text(name)} was given (${text(reason)})`,
  'keys.rotated': ({ envelopes }) => `Encrypted ${text(envelopes)} secrets anew`,
  'settings.updated': ({ changed }) => `Changed the settings: ${names(changed)}`,
};

export const sentence = (type: string, data: unknown): string =>
  SENTENCES[type]?.(typeof data === 'object' && data !== null ? { ...data } : {}) ?? typeWords(type);

/** `access-token.created` → `access token created`. */
export const typeWords = (type: string): string => type.replaceAll(/[-.]/g, ' ');
