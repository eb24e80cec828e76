import { watch } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

/**
 * A browser for programs that open one: it hands on the address that it is started with. It stands in the way of the real
 * browser, by the names under which programs of Linux look for one.
 */
export async function createBrowserStub(home: string, onAddress: (address: string) => void) {
  const folder = path.join(home, 'browser');
  const file = path.join(folder, 'opened');
  await mkdir(folder, { recursive: true });
  await writeFile(file, '');
  const script = `#!/bin/sh\nprintf '%s\\n' "$*" >> '${file}'\n`;
  for (const name of ['xdg-open', 'x-www-browser', 'www-browser'])
    await writeFile(path.join(folder, name), script, { mode: 0o755 });
  const watcher = watch(file, () => {
    void readFile(file, 'utf8').then(onAddress, () => {}); // the folder is gone: the client is done
  });
  return {
    folder,
    variables: { BROWSER: path.join(folder, 'xdg-open') },
    [Symbol.asyncDispose]: async (): Promise<void> => watcher.close(),
  };
}
