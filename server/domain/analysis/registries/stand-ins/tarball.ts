import { gzipSync } from 'node:zlib';
import { Header } from 'tar';

/** A gzipped tarball of text files below one folder, as npm and GitHub make them. */
export function tarballOf(root: string, files: Record<string, string>): Buffer {
  const blocks = Object.entries(files).flatMap(([path, text]) => {
    const content = Buffer.from(text);
    const block = Buffer.alloc(512);
    const mtime = new Date(0);
    new Header({ path: `${root}/${path}`, size: content.length, mode: 0o644, type: 'File', mtime }).encode(block);
    return [block, content, Buffer.alloc((512 - (content.length % 512)) % 512)];
  });
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1_024)]));
}
