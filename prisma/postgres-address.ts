import { isIP } from 'node:net';

const SSL_MODES = ['disable', 'require', 'verify-ca', 'verify-full'] as const;

/**
 * Describes the problem with a PostgreSQL URL without connecting, or returns null. The text never repeats the URL, because
 * the URL holds a password.
 */
export function problemOfAddress(url: string): string | null {
  if (!URL.canParse(url)) return 'must be a URL';
  const { searchParams, hostname } = new URL(url);
  const mode = searchParams.get('sslmode');
  if (mode !== null && !SSL_MODES.some((one) => one === mode)) {
    // With `prefer` and `allow`, an attacker in between can force a connection without encryption.
    return `sslmode must be one of ${SSL_MODES.join(', ')}`;
  }
  if (mode === 'verify-ca' && !searchParams.get('sslrootcert')) return 'sslmode=verify-ca needs sslrootcert';
  const proves = mode === 'verify-full' || searchParams.get('sslrootcert') === 'system';
  // the driver would compare the certificate's names with "localhost"
  if (proves && isIP(hostname.replace(/^\[|\]$/g, '')))
    return 'sslmode=verify-full needs a host name, not an IP address';
  return null;
}

/**
 * The same address in the words of the driver, meaning what libpq would mean: `require` encrypts, `verify-full` also
 * proves who answers, by the authorities of the system or those in the file `sslrootcert`. Without `sslmode`, nothing
 * is encrypted.
 * https://www.postgresql.org/docs/current/libpq-ssl.html
 */
export function driverAddress(url: string): string {
  const problem = problemOfAddress(url);
  if (problem) throw new Error(`The address of the database ${problem}.`);
  const address = new URL(url);
  const { searchParams } = address;
  if (searchParams.get('sslrootcert') === 'system') {
    searchParams.delete('sslrootcert');
    searchParams.set('sslmode', 'verify-full'); // libpq allows no weaker one with it
  }
  if (searchParams.has('sslmode')) searchParams.set('uselibpqcompat', 'true');
  return address.href;
}
