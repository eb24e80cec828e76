/** The domain of addresses that Catwalk itself gives out. No mail reaches it (RFC 6761), so that no person has one. */
const RESERVED_DOMAIN = '@catwalk.localhost';

/** The address of the administrator until they enter their own. */
export const OWNER_EMAIL = `owner${RESERVED_DOMAIN}`;

/** Reports whether an address belongs to Catwalk: no person may sign up with it or change theirs to it. */
export const isReservedAddress = (email: string): boolean => email.trim().toLowerCase().endsWith(RESERVED_DOMAIN);
