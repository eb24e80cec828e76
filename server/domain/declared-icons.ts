import { z } from 'zod';

/** An icon that a server or a registry declares (MCP, `Icon`; SEP-973). */
export type DeclaredIcon = { src: string; theme: 'light' | 'dark' | null; size: number };

export type IconTheme = 'light' | 'dark';

const ICONS_MAX = 12;
const URL_CHARACTERS_MAX = 2_000;
/** The characters of a `data:` icon, which is stored with its release. */
const DATA_CHARACTERS_MAX = 64_000;
/** An icon is shown at 32 pixels, on screens with up to three pixels for each. */
const SIZE_WANTED = 96;

const declared = z.looseObject({
  src: z.string(),
  sizes: z
    .union([z.string(), z.array(z.string())])
    .nullish()
    .catch(null),
  theme: z.enum(['light', 'dark']).nullish().catch(null),
});

/** Reads the icons that a stranger declares; entries that cannot be used are left out. */
export function readIcons(value: unknown): DeclaredIcon[] {
  if (!Array.isArray(value)) return [];
  return value.slice(0, ICONS_MAX).flatMap((entry) => {
    const { data } = declared.safeParse(entry);
    if (!data || !isUsable(data.src)) return [];
    return [{ src: data.src, theme: data.theme ?? null, size: sizeOf(data.sizes ?? null) }];
  });
}

function isUsable(src: string): boolean {
  if (/^data:image\//i.test(src)) return src.length <= DATA_CHARACTERS_MAX;
  if (src.length > URL_CHARACTERS_MAX || !URL.canParse(src)) return false;
  const { protocol, username, password } = new URL(src);
  return protocol === 'https:' && username === '' && password === '';
}

/** The larger number of `48x48`; icons of any size count as exactly large enough, and unknown ones as nearly so. */
function sizeOf(sizes: string | readonly string[] | null): number {
  const texts = sizes === null ? [] : typeof sizes === 'string' ? sizes.split(/\s+/) : sizes;
  if (texts.includes('any')) return SIZE_WANTED;
  const numbers = texts.flatMap((text) => /^(\d{1,5})x\d{1,5}$/.exec(text)?.[1] ?? []).map(Number);
  return numbers.length === 0 ? SIZE_WANTED - 1 : Math.max(...numbers);
}

/**
 * Chooses the icon for a theme: one for this theme before one for both, never one for the other; then the smallest that
 * is large enough, else the largest.
 */
export function chooseIcon(icons: readonly DeclaredIcon[], theme: IconTheme): DeclaredIcon | null {
  const fitting = icons.filter((icon) => icon.theme === null || icon.theme === theme);
  const rank = (icon: DeclaredIcon) => (icon.theme === theme ? 0 : 1);
  const distance = ({ size }: DeclaredIcon) => (size >= SIZE_WANTED ? size - SIZE_WANTED : 100_000 - size);
  return fitting.toSorted((a, b) => rank(a) - rank(b) || distance(a) - distance(b))[0] ?? null;
}
