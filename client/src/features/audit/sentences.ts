type Particulars = Record<string, unknown>;

/** Stands in a sentence for the name of the deployment, which the page shows as a link. */
export const DEPLOYMENT = '{deployment}';

const text = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '');
const names = (value: unknown): string => (Array.isArray(value) ? value.map(text).join(', ') : '');
const METHODS: Record<string, string> = { link: 'with a link', email: 'with a password', github: 'with GitHub' };

const STATUS_CHANGES: Record<string, string> = {
  DEPLOYING: 'is deploying',
  RUNNING: 'is running',
  UNHEALTHY: 'stopped responding',
  ASLEEP: 'fell asleep',
  STOPPED: 'stopped',
  FAILED: 'failed',
  DELETING: 'is being deleted',
  DELETED: 'was deleted',
};

/** The label of each type of entry in the filter, and the sentence that an entry of it shows. */
const TYPES: Record<string, { label: string; sentence: (data: Particulars) => string }> = {
  'deployment.created': {
    label: 'Deployments created',
    sentence: ({ package: name, version }) => `Deployed ${DEPLOYMENT} (${text(name)} ${text(version)})`,
  },
  'deployment.redeployed': {
    label: 'Releases created',
    sentence: ({ release, reason }) => `Created release ${text(release)} of ${DEPLOYMENT} (${text(reason)})`,
  },
  'deployment.started': { label: 'Deployments started', sentence: () => `Started ${DEPLOYMENT}` },
  'deployment.stopped': { label: 'Deployments stopped', sentence: () => `Stopped ${DEPLOYMENT}` },
  'deployment.restarted': { label: 'Deployments restarted', sentence: () => `Restarted ${DEPLOYMENT}` },
  'deployment.deleted': { label: 'Deployments deleted', sentence: () => `Deleted ${DEPLOYMENT}` },
  'deployment.data-cleared': { label: 'Data cleared', sentence: () => `Cleared the data of ${DEPLOYMENT}` },
  'deployment.data-downloaded': {
    label: 'Data downloaded',
    sentence: () => `Downloaded the data of ${DEPLOYMENT}`,
  },
  'deployment.data-copied': {
    label: 'Data copied',
    sentence: () => `Replaced the data of ${DEPLOYMENT} by a copy of another deployment’s`,
  },
  'deployment.updated': {
    label: 'Deployment settings',
    sentence: ({ changed }) => `Changed ${names(changed)} of ${DEPLOYMENT}`,
  },
  'deployment.shared': {
    label: 'Deployments shared',
    sentence: ({ with: name, role }) => `Shared ${DEPLOYMENT} with ${text(name)} (${text(role).toLowerCase()})`,
  },
  'deployment.unshared': {
    label: 'Shares ended',
    sentence: ({ with: name }) => `Stopped sharing ${DEPLOYMENT} with ${text(name)}`,
  },
  'team.created': { label: 'Teams created', sentence: ({ name }) => `Created the team “${text(name)}”` },
  'team.renamed': { label: 'Teams renamed', sentence: ({ name }) => `Renamed a team to “${text(name)}”` },
  'team.deleted': { label: 'Teams deleted', sentence: ({ name }) => `Deleted the team “${text(name)}”` },
  'team.member-added': {
    label: 'Team members added',
    sentence: ({ name, member }) => `Added ${text(member)} to the team “${text(name)}”`,
  },
  'team.member-removed': {
    label: 'Team members removed',
    sentence: ({ name, member }) => `Removed ${text(member)} from the team “${text(name)}”`,
  },
  'deployment.status': {
    label: 'Status changes',
    sentence: ({ to, code }) =>
      `${DEPLOYMENT} ${STATUS_CHANGES[text(to)] ?? text(to).toLowerCase()}${code === undefined ? '' : ` (${text(code)})`}`,
  },
  'definitions.changed': {
    label: 'Changed definitions',
    sentence: ({ names: changed }) => `The server of ${DEPLOYMENT} changed ${names(changed)}`,
  },
  'definitions.approved': {
    label: 'Approved definitions',
    sentence: ({ names: changed }) => `Approved changes of ${DEPLOYMENT}: ${names(changed)}`,
  },
  'definitions.policy': {
    label: 'Policies for definitions',
    sentence: ({ from, to }) =>
      `Changed what happens to changed definitions of ${DEPLOYMENT} from ${text(from).toLowerCase()} to ${text(to).toLowerCase()}`,
  },
  'remote.connected': {
    label: 'Remote servers connected',
    sentence: ({ issuer }) => `Connected ${DEPLOYMENT} by signing in at ${text(issuer)}`,
  },
  'remote.disconnected': {
    label: 'Remote servers disconnected',
    sentence: ({ issuer }) => `Disconnected ${DEPLOYMENT} from ${text(issuer)}`,
  },
  'personal-values.updated': {
    label: 'Own keys',
    sentence: ({ set, unset }) => {
      const changes = [names(set) && `set ${names(set)}`, names(unset) && `removed ${names(unset)}`].filter(Boolean);
      return `Changed own keys for ${DEPLOYMENT}${changes.length > 0 ? `: ${changes.join(', ')}` : ''}`;
    },
  },
  'credentials.updated': {
    label: 'Credentials',
    sentence: ({ set, unset }) => {
      const changes = [names(set) && `set ${names(set)}`, names(unset) && `removed ${names(unset)}`].filter(Boolean);
      return `Changed credentials of ${DEPLOYMENT}${changes.length > 0 ? `: ${changes.join(', ')}` : ''}`;
    },
  },
  'view.created': { label: 'Views created', sentence: ({ name }) => `Created view “${text(name)}” of ${DEPLOYMENT}` },
  'view.updated': { label: 'Views changed', sentence: ({ name }) => `Changed view “${text(name)}” of ${DEPLOYMENT}` },
  'view.renamed': {
    label: 'Views renamed',
    sentence: ({ name, from }) => `Renamed view “${text(from)}” of ${DEPLOYMENT} to “${text(name)}”`,
  },
  'view.deleted': { label: 'Views deleted', sentence: ({ name }) => `Deleted view “${text(name)}” of ${DEPLOYMENT}` },
  'bundle.updated': {
    label: 'Bundles changed',
    sentence: ({ members }) => `Changed the servers of bundle ${DEPLOYMENT}: ${names(members)}`,
  },
  'page.published': {
    label: 'Public pages published',
    sentence: ({ view }) =>
      view ? `Published a page about view “${text(view)}” of ${DEPLOYMENT}` : `Published a page about ${DEPLOYMENT}`,
  },
  'page.withdrawn': {
    label: 'Public pages switched off',
    sentence: () => `Switched off the public page of ${DEPLOYMENT}`,
  },
  'access-token.created': {
    label: 'Access tokens created',
    sentence: ({ name }) => `Created access token “${text(name)}” for ${DEPLOYMENT}`,
  },
  'access-token.revoked': {
    label: 'Access tokens revoked',
    sentence: ({ name }) => `Revoked access token “${text(name)}” of ${DEPLOYMENT}`,
  },
  'api-token.created': { label: 'API tokens created', sentence: ({ name }) => `Created API token “${text(name)}”` },
  'api-token.revoked': { label: 'API tokens revoked', sentence: ({ name }) => `Revoked API token “${text(name)}”` },
  'user.created': { label: 'Accounts created', sentence: () => 'Created an account' },
  'user.signed-in': {
    label: 'Sign-ins',
    sentence: ({ method }) => `Signed in ${METHODS[text(method)] ?? ''}`.trim(),
  },
  'user.signed-out': {
    label: 'Sign-outs',
    sentence: ({ sessions }) => (sessions === 1 ? 'Signed out' : `Signed out of ${text(sessions)} browsers`),
  },
  'user.updated': { label: 'Account changes', sentence: ({ changed }) => `Changed account: ${names(changed)}` },
  'member.invited': { label: 'Members invited', sentence: ({ name }) => `Invited ${text(name)}` },
  'member.link-created': {
    label: 'Sign-in links',
    sentence: ({ name }) => `Created a sign-in link for ${text(name)}`,
  },
  'member.locked': { label: 'Members locked', sentence: ({ name }) => `Locked ${text(name)}` },
  'member.unlocked': { label: 'Members unlocked', sentence: ({ name }) => `Unlocked ${text(name)}` },
  'member.deleted': { label: 'Members deleted', sentence: ({ name }) => `Deleted the account of ${text(name)}` },
  'device.allowed': {
    label: 'CLI sign-ins',
    sentence: ({ name, scope }) =>
      `Allowed ${text(name)} ${scope === 'READ' ? 'read-only access' : 'read and write access'} to the account`,
  },
  'device.denied': { label: 'CLI sign-ins denied', sentence: ({ name }) => `Denied ${text(name)} access` },
  'client.allowed': {
    label: 'Apps allowed',
    sentence: ({ name, redirect }) => `Allowed ${text(name)} to use ${DEPLOYMENT} (${text(redirect)})`,
  },
  'client.denied': { label: 'Apps denied', sentence: ({ name }) => `Denied ${text(name)} access to ${DEPLOYMENT}` },
  'client.revoked': {
    label: 'Apps revoked',
    sentence: ({ name, reason }) => `Revoked ${text(name)}’s access to ${DEPLOYMENT} (${text(reason)})`,
  },
  'machine-client.created': {
    label: 'Machine clients created',
    sentence: ({ name }) => `Created the machine client ${text(name)} for ${DEPLOYMENT}`,
  },
  'machine-client.revoked': {
    label: 'Machine clients revoked',
    sentence: ({ name }) => `Revoked the machine client ${text(name)} of ${DEPLOYMENT}`,
  },
  'issuer.trusted': {
    label: 'Identity providers trusted',
    sentence: ({ issuer }) => `Trusted the identity provider ${text(issuer)}`,
  },
  'issuer.distrusted': {
    label: 'Identity providers removed',
    sentence: ({ issuer }) => `Ended the trust in the identity provider ${text(issuer)}`,
  },
  'subject.linked': {
    label: 'Identities linked',
    sentence: ({ subject, issuer, name }) => `Linked ${text(subject)} of ${text(issuer)} to ${text(name)}`,
  },
  'subject.unlinked': {
    label: 'Identities unlinked',
    sentence: ({ subject, issuer }) => `Unlinked ${text(subject)} of ${text(issuer)}`,
  },
  'keys.rotated': { label: 'Encryption keys', sentence: ({ envelopes }) => `Re-encrypted ${text(envelopes)} secrets` },
  'settings.updated': { label: 'Settings', sentence: ({ changed }) => `Changed settings: ${names(changed)}` },
};

/** Describes an entry in one sentence; an unknown type is shown by its name. */
export const sentence = (type: string, data: unknown): string =>
  TYPES[type]?.sentence(typeof data === 'object' && data !== null ? { ...data } : {}) ?? typeLabel(type);

/** Labels a type of entry; the name of an unknown one is made readable: `team.created` → `team created`. */
export const typeLabel = (type: string): string => TYPES[type]?.label ?? type.replaceAll(/[-.]/g, ' ');
