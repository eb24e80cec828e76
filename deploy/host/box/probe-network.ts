import { openNamespace } from '../egress/namespace.ts';
import { messageOf } from '../failure.ts';
import { findOnPath } from '../find-on-path.ts';
import type { NetworkTools } from '../wall-contract.ts';

export type NetworkProbe =
  | { works: true; tools: NetworkTools }
  /** `reason` is a sentence, `hint` says what to do. */
  | { works: false; reason: string; hint: string };

/** Debian keeps `ip` here, where the PATH of an ordinary user may not lead. */
const SYSTEM_FOLDERS = '/usr/sbin:/sbin:/usr/bin:/bin';

/** Finds out by making one if a machine can have a network of its own on this computer. */
export const probeNetwork = async (path: string): Promise<NetworkProbe> => {
  const find = (name: string) => findOnPath(name, `${path}:${SYSTEM_FOLDERS}`)[0];
  const [unshare, nsenter, ip] = [find('unshare'), find('nsenter'), find('ip')];
  if (unshare === undefined || nsenter === undefined)
    return { works: false, reason: 'unshare and nsenter are not installed.', hint: 'Install util-linux.' };
  if (ip === undefined)
    return {
      works: false,
      reason: 'ip is not installed, which sets up the networks of machines.',
      hint: 'Install iproute2 (Debian and Ubuntu: apt-get install iproute2).',
    };
  const tools = { unshare, nsenter, ip };
  try {
    (await openNamespace(tools, [443])).close();
    return { works: true, tools };
  } catch (error) {
    return {
      works: false,
      reason: messageOf(error),
      hint: 'Network namespaces are needed: the runtime of a container must permit them (CAP_NET_ADMIN and CAP_SYS_ADMIN for root).',
    };
  }
};
