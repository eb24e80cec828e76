import { isIP } from 'node:net';
import { z } from 'zod';
import type { Probe } from './probe.ts';
import { type Outcome, passed, type Step, Trouble, warning } from './step.ts';

const healthSchema = z.object({ status: z.string(), version: z.string() });

/** Check that the public address is one that clients can use, and that it leads here. */
export const addressSteps = (publicUrl: string, probe: Probe): Step[] => [
  { key: 'address', title: 'Public address', group: 'way', look: async () => judgeAddress(publicUrl) },
  { key: 'reach', title: 'Endpoint reachable', group: 'way', look: () => reach(publicUrl, probe) },
];

/** Claude connects over HTTPS on port 443 alone, from the internet. */
export function judgeAddress(publicUrl: string): Outcome {
  const { protocol, hostname, port } = new URL(publicUrl);
  if (hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.')) {
    return warning(
      `${publicUrl} is this computer alone: programs here can connect, such as Claude Code, Cursor and VS Code.`,
      'For claude.ai and others elsewhere, run Catwalk on a server with a name and HTTPS, and set PUBLIC_URL.',
    );
  }
  if (protocol !== 'https:') {
    return warning(
      `${publicUrl} is not encrypted.`,
      'Put HTTPS in front and set PUBLIC_URL: claude.ai connects to nothing else.',
    );
  }
  if (port !== '') {
    return warning(`${publicUrl} is on port ${port}.`, 'claude.ai connects to port 443 alone: serve it there as well.');
  }
  if (isIP(hostname.replace(/^\[|\]$/g, '')) !== 0) {
    return warning(`${publicUrl} is a bare address.`, 'Give it a name: certificates and clients want one.');
  }
  return passed(`${publicUrl}: HTTPS on port 443.`);
}

async function reach(publicUrl: string, probe: Probe): Promise<Outcome> {
  const { status, text, headers } = await probe.ask(`${publicUrl}/api/health`);
  const health = healthSchema.safeParse(parseJson(text));
  if (status === 403) {
    throw new Trouble(
      'This server refuses the host name that its public address has.',
      'The proxy in front changes the Host header, or PUBLIC_URL is not the address that clients use.',
    );
  }
  if (!health.success) {
    const what = headers.get('server') ?? headers.get('content-type') ?? 'something else';
    throw new Trouble(
      `Something else answers there (${status}, ${what}).`,
      'Check PUBLIC_URL, the DNS record, and where the proxy in front sends requests.',
    );
  }
  if (health.data.status !== 'healthy') {
    return warning(`Catwalk ${health.data.version} answers, but it is ${health.data.status}.`, 'Its database is away.');
  }
  return passed(`Catwalk ${health.data.version} answers.`);
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // the schema that it is read with says what is missing
  }
}
