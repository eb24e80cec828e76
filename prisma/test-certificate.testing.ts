import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export const hasOpenssl = (): Promise<boolean> =>
  run('openssl', ['version']).then(
    () => true,
    () => false,
  );

/** A certificate for one name, signed by an authority made for it, whose own is in `authorityFile`. All PEM, two days. */
export async function makeCertificate(folder: string, name: string) {
  const file = (base: string) => path.join(folder, base);
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const make = (base: string, subject: string, ...more: string[]) =>
    run('openssl', [
      ...['req', '-x509', ...curve, '-keyout', file(`${base}.key`), '-out', file(`${base}.pem`)],
      ...['-subj', `/CN=${subject}`, ...more],
    ]);
  await make('authority', 'Test authority');
  await make(
    'server',
    name,
    ...['-CA', file('authority.pem'), '-CAkey', file('authority.key')],
    ...['-addext', `subjectAltName=DNS:${name}`, '-addext', 'basicConstraints=critical,CA:FALSE'],
  );
  return {
    authorityFile: file('authority.pem'),
    certificate: await readFile(file('server.pem'), 'utf8'),
    key: await readFile(file('server.key'), 'utf8'),
  };
}
