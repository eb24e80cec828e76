import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** The program of the system that opens an address or a file. */
const openerOf = (platform: NodeJS.Platform): readonly [string, ...string[]] => {
  if (platform === 'darwin') return ['open'];
  if (platform === 'win32') return ['explorer.exe'];
  return ['xdg-open'];
};

/** What the programs that find and start a browser need. The rest of an environment holds secrets. */
const NEEDED =
  /^(?:PATH|HOME|USER|LOGNAME|SHELL|LANG|LANGUAGE|LC_\w+|TMPDIR|BROWSER|DISPLAY|XAUTHORITY|WAYLAND_DISPLAY|DBUS_SESSION_BUS_ADDRESS|DESKTOP_SESSION|XDG_\w+|KDE_\w+|GNOME_\w+|WSL_\w+|SystemRoot|windir|USERPROFILE|APPDATA|LOCALAPPDATA|ProgramData)$/;

const minimal = (environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(environment).filter(([name]) => NEEDED.test(name)));

const page = (url: string): string =>
  `<!doctype html><meta charset="utf-8"><title>Catwalk</title><meta http-equiv="refresh" content="0;url=${url}">\n`;

/**
 * Opens an address in the browser of this computer. The address may be a secret, and every user of a computer can read
 * the arguments of programs: the browser gets a page of this user alone that leads there. Resolves to false when no
 * program could be started.
 */
export async function openPage(
  url: string,
  folder: string,
  platform = process.platform,
  environment = process.env,
): Promise<boolean> {
  const file = join(folder, 'open.html');
  await writeFile(file, page(new URL(url).href.replaceAll('&', '&amp;').replaceAll('"', '&quot;')), { mode: 0o600 });
  const [command, ...args] = openerOf(platform);
  return new Promise((resolve) => {
    const opener = spawn(command, [...args, pathToFileURL(file).href], {
      stdio: 'ignore',
      detached: true,
      env: minimal(environment),
    });
    opener.once('spawn', () => resolve(true));
    opener.once('error', () => resolve(false));
    opener.unref();
  });
}
