import type { PrismaClient } from '#prisma/client.ts';
import { isUuid } from '../access/uuid.ts';
import type { Actor } from '../actor.ts';
import { chooseIcon, type DeclaredIcon, type IconTheme, readIcons } from '../declared-icons.ts';
import { boundedGet } from '../outbound/bounded-get.ts';
import type { SafeFetch } from '../outbound/safe-fetch.ts';
import { reachable } from '../reach.ts';
import { iconsOfEntry } from '../registry/entry.ts';
import { ICON_BYTES_MAX, type IconImage, imageOfDataUrl, toImage } from './icon-image.ts';

const FETCH_MS_MAX = 5_000;
/** Images in memory, of 256 kB at most each. */
const KEPT_MAX = 100;
const FETCHES_AT_ONCE_MAX = 8;
const KEPT_MS = 24 * 3_600_000;
/** How long an address that gave no image is not asked again. */
const FAILED_MS = 10 * 60_000;

export type Icons = {
  /** The icon of a deployment that the caller can operate; null where it has none, or none that can be shown. */
  ofDeployment(actor: Actor, id: string, theme: IconTheme): Promise<IconImage | null>;
  /** The icon of a server of the registry. */
  ofRegistryServer(name: string, theme: IconTheme): Promise<IconImage | null>;
};

type IconsDeps = { prisma: Pick<PrismaClient, 'deployment' | 'registryServer'>; fetch: SafeFetch; now: () => number };

/**
 * Fetches icons that servers and registries declare, so that browsers tell no stranger who looks. Only https at public
 * addresses is fetched, and only what a row declares: the address is never one that a caller names.
 */
export function createIcons({ prisma, fetch, now }: IconsDeps): Icons {
  const kept = new Map<string, { image: Promise<IconImage | null>; until: number }>();
  let underWay = 0;

  const download = async (url: string): Promise<IconImage | null> => {
    underWay += 1;
    try {
      const signal = AbortSignal.timeout(FETCH_MS_MAX);
      const request = { url, signal, timeoutMs: FETCH_MS_MAX, bytesMax: ICON_BYTES_MAX };
      const { status, body } = await boundedGet(fetch, request);
      return status === 200 ? toImage(body) : null;
    } catch {
      return null; // an icon that cannot be fetched is drawn by the dashboard; who declared it is not ours to mend
    } finally {
      underWay -= 1;
    }
  };
  const imageOf = async (icon: DeclaredIcon | null): Promise<IconImage | null> => {
    if (icon === null) return null;
    if (icon.src.startsWith('data:')) return imageOfDataUrl(icon.src);
    const known = kept.get(icon.src);
    if (known && now() < known.until) return known.image;
    if (underWay >= FETCHES_AT_ONCE_MAX) return null;
    const entry = { image: download(icon.src), until: now() + KEPT_MS };
    kept.delete(icon.src);
    kept.set(icon.src, entry);
    for (const oldest of kept.keys()) {
      if (kept.size <= KEPT_MAX) break;
      kept.delete(oldest);
    }
    const image = await entry.image;
    if (image === null) entry.until = now() + FAILED_MS;
    return image;
  };

  return {
    ofDeployment: async (actor, id, theme) => {
      if (!isUuid(id)) return null;
      const row = await prisma.deployment.findFirst({
        where: { id, ...reachable(actor.userId, 'OPERATE') },
        select: { currentRelease: { select: { icons: true } } },
      });
      return imageOf(chooseIcon(readIcons(row?.currentRelease?.icons), theme));
    },
    ofRegistryServer: async (name, theme) => {
      const row = await prisma.registryServer.findUnique({ where: { name }, select: { entry: true } });
      return imageOf(row ? chooseIcon(iconsOfEntry(row.entry), theme) : null);
    },
  };
}
