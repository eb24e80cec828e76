/** The variable whose address it is, and the address. */
export type DatabaseAddress = { variable: 'DATABASE_URL' | 'DIRECT_DATABASE_URL'; url: string };
export type Explanation = { message: string; hint: string };

/** Codes of PostgreSQL (SQLSTATE), of Node's sockets and of its TLS, by what people can do about them. */
const AWAY = ['ECONNREFUSED', 'ECONNRESET', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT', 'EPIPE'];
const UNKNOWN_HOST = ['ENOTFOUND', 'EAI_AGAIN'];
const STARTING = ['57P03'];
const FULL = ['53300'];
const OTHER_NAME = ['ERR_TLS_CERT_ALTNAME_INVALID'];
const EXPIRED = ['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID'];
const NOT_TRUSTED = [
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
];

/**
 * Why a database could not be connected to, and what to do about it. Nothing in it repeats the password. Poolers tell
 * everything with one code, so what they say is looked at as well.
 */
export function explainConnectionFailure(cause: unknown, { variable, url }: DatabaseAddress): Explanation {
  const address = new URL(url);
  const { host, hostname } = address;
  const user = decodeURIComponent(address.username);
  const database = decodeURIComponent(address.pathname.slice(1)) || user;
  const said = saidBy(cause);
  const is = (codes: readonly string[], pattern?: RegExp) =>
    codes.includes(codeOf(cause)) || (pattern?.test(said) ?? false);
  const tls = `The certificate of the database at ${host}`;

  if (is(UNKNOWN_HOST)) {
    const hint = `Check ${variable}. Names on a private network are known on that network alone.`;
    return { message: `There is no host "${hostname}".`, hint };
  }
  if (is(AWAY, /timeout expired|connection timeout/)) {
    const hint = `Start it, or correct ${variable}; a firewall in between looks the same.`;
    return { message: `No database answers at ${host}.`, hint };
  }
  if (is(STARTING))
    return { message: `The database at ${host} is starting or stopping.`, hint: 'Try again in a moment.' };
  if (is(['28P01'], /password authentication failed|no such user|auth failed/)) {
    const hint = `Correct user and password in ${variable}; what is special in a URL is written as %XX.`;
    return { message: `The database at ${host} refuses the password of "${user}".`, hint };
  }
  if (is([], /password must be a/)) {
    const hint = `Put it into ${variable}: postgres://user:password@host/database`;
    return { message: `The database at ${host} asks "${user}" for a password, and there is none.`, hint };
  }
  if (is([], /no encryption|SSL off|SSL required|requires? (SSL|TLS)/i)) {
    const hint = `Add sslmode=verify-full to ${variable}, or sslmode=require when its certificate is its own.`;
    return { message: `The database at ${host} talks only to those who encrypt.`, hint };
  }
  if (is([], /does not support SSL/)) {
    const hint = `Set sslmode=disable in ${variable} if the network in between is trusted.`;
    return { message: `The database at ${host} does not encrypt, and sslmode asks for it.`, hint };
  }
  if (is([], /unsupported startup parameter/)) {
    const hint = 'Set DIRECT_DATABASE_URL to the address of the server itself, beside DATABASE_URL.';
    return { message: `What answers at ${host} is a pooler: LISTEN and migrations do not work there.`, hint };
  }
  if (is(['28000'])) {
    const hint = `Check the user in ${variable} and the server's pg_hba.conf.`;
    return { message: `The database at ${host} does not let "${user}" in: ${said}`, hint };
  }
  if (is(['3D000'], /no such database/)) {
    const hint = `Create it, or name another one in ${variable}.`;
    return { message: `There is no database "${database}" at ${host}.`, hint };
  }
  if (is(FULL, /too many (clients|connections)/)) {
    const hint =
      'Each instance takes up to eleven. Raise max_connections, or put a pooler in front: DIRECT_DATABASE_URL.';
    return { message: `The database at ${host} has no connection left.`, hint };
  }
  if (is(NOT_TRUSTED)) {
    const hint = `Name the file of its authority in ${variable}: sslmode=verify-full&sslrootcert=/path/to/ca.pem`;
    return { message: `${tls} is not signed by an authority that is trusted here.`, hint };
  }
  if (is(OTHER_NAME)) {
    const hint = `Connect under a name that the certificate has, or set sslmode=verify-ca in ${variable}.`;
    return { message: `${tls} is not for "${hostname}".`, hint };
  }
  if (is(EXPIRED)) return { message: `${tls} is not valid now: ${said}.`, hint: 'Renew it, and check the clocks.' };
  if (is(['ENOENT', 'EACCES', 'EISDIR'])) {
    return { message: `A file that ${variable} names cannot be read: ${said}`, hint: 'Check sslrootcert.' };
  }
  return {
    message: `The database at ${host} cannot be connected to: ${said}`,
    hint: `Check ${variable}, and that what answers there is PostgreSQL.`,
  };
}

const codeOf = (cause: unknown): string =>
  cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : '';

/** An AggregateError, of a name with several addresses, has no words of its own. */
const saidBy = (cause: unknown): string => {
  if (cause instanceof AggregateError && !cause.message) return cause.errors.map(saidBy).join('; ');
  return cause instanceof Error ? cause.message : String(cause);
};
