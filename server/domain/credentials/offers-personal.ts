/** Names that services with accounts give to the keys of their users. */
const ACCOUNT_KEY = /(?:^|_)(?:TOKEN|PAT|API_?KEY|ACCESS_KEY|SECRET_KEY|AUTH)(?:_|$)/i;

/** Reports whether a form proposes that each person enters an own value: a key that a service gives to an account. */
export const offersPersonal = (field: { name: string; kind: string; helpUrl: string | null }): boolean =>
  field.kind === 'SECRET' && (field.helpUrl !== null || ACCOUNT_KEY.test(field.name));
