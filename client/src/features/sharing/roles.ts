import type { ShareRole } from '../../generated/graphql.ts';

/** What each role lets people do, as a choice of a form. */
export const ROLES = [
  { value: 'USE', label: 'Use: connect apps' },
  { value: 'OPERATE', label: 'Operate: restart, logs, playground' },
  { value: 'OWN', label: 'Own: everything' },
] as const satisfies readonly { value: ShareRole; label: string }[];

export const ROLE_NAMES: Record<ShareRole, string> = { USE: 'may use it', OPERATE: 'may operate it', OWN: 'owns it' };
