/** An image that browsers draw, with the type that its own bytes show. */
export type IconImage = { type: string; bytes: Buffer };

export const ICON_BYTES_MAX = 256 * 1024;

const startsWith = (bytes: Buffer, hex: string): boolean => bytes.toString('hex', 0, hex.length / 2) === hex;

/**
 * Tells the type of an image by its first bytes, whatever type its sender names; null for anything else. An SVG counts
 * if it begins as one: it is shown as an image, where it runs no script and loads nothing, and it is sent with a policy
 * that forbids both where it is opened by itself.
 */
export function imageTypeOf(bytes: Buffer): string | null {
  if (startsWith(bytes, '89504e470d0a1a0a')) return 'image/png';
  if (startsWith(bytes, 'ffd8ff')) return 'image/jpeg';
  if (startsWith(bytes, '474946383761') || startsWith(bytes, '474946383961')) return 'image/gif';
  if (startsWith(bytes, '52494646') && bytes.toString('latin1', 8, 12) === 'WEBP') return 'image/webp';
  if (startsWith(bytes, '00000100')) return 'image/x-icon';
  const head = bytes
    .toString('utf8', 0, 1_000)
    .replace(/^\uFEFF/, '')
    .trimStart();
  return /^(?:<\?xml[^>]*>\s*)?(?:<!--[\s\S]{0,500}?-->\s*)?(?:<!DOCTYPE svg[^>]*>\s*)?<svg[\s>]/i.test(head)
    ? 'image/svg+xml'
    : null;
}

export function toImage(bytes: Buffer): IconImage | null {
  const type = bytes.length > 0 && bytes.length <= ICON_BYTES_MAX ? imageTypeOf(bytes) : null;
  return type === null ? null : { type, bytes };
}

/** Decodes a `data:` URL (RFC 2397); null if it is not an image. */
export function imageOfDataUrl(url: string): IconImage | null {
  const comma = url.indexOf(',');
  if (!url.startsWith('data:') || comma < 0) return null;
  const text = url.slice(comma + 1);
  if (/;base64$/i.test(url.slice(0, comma))) return toImage(Buffer.from(text, 'base64'));
  try {
    return toImage(Buffer.from(decodeURIComponent(text)));
  } catch {
    return null; // a percent sign without two digits
  }
}
