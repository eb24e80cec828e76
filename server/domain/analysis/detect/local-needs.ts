import type { FileSet } from '../files/file-set.ts';
import { createLineIndex } from '../files/line-index.ts';
import type { Evidence } from '../result.ts';
import { type Code, readCode } from './code/code-file.ts';
import { evidenceOf } from './finding.ts';

/** A reason why a server works only on its user's own computer; `browser` is a login that a key may make needless. */
export type LocalNeed = { kind: 'platform' | 'app' | 'login' | 'browser'; message: string; evidence: Evidence };

export type LocalNeedFacts = {
  name: string;
  description: string | null;
  /** `os` of package.json. */
  platforms: readonly string[];
  files: FileSet;
};

/** Desktop programs that servers steer; their names alone prove nothing. */
const APPS =
  /\b(Blender|Unity|Unreal(?: Engine)?|Ableton(?: Live)?|Photoshop|Illustrator|InDesign|After Effects|Premiere(?: Pro)?|DaVinci Resolve|FreeCAD|Fusion 360|SketchUp|Rhino(?:ceros)?|Grasshopper|Houdini|Maya|3ds Max|Cinema 4D|Godot|Xcode|Android Studio|Anki|Ghidra|IDA Pro|Burp Suite|QGIS|REAPER|Logic Pro|FL Studio|KiCad|Apple (?:Notes|Mail|Calendar|Reminders|Music|Shortcuts)|iMessage|OmniFocus|Things 3|Zotero)\b/;
/** The program has to be open, or hold a part of the server. */
const NEEDS_APP =
  /\b(?:add-?on|plug-?in|extension|remote script|bridge)\b[^.\n]{0,100}\b(?:install|enable|running|socket|websocket|load)|\b(?:install|enable|load)\w{0,9}\b[^.\n]{0,60}\b(?:add-?on|plug-?in|remote script)\b|\b(?:must be|needs? to be|has to be|make sure|ensure|is|keep)\b[^.\n]{0,60}\b(?:running|open(?:ed)?)\b/i;
const ONE_PLATFORM =
  /\b(?:(macOS|Mac OS X|Windows)[ -]only|only (?:works |runs |available |supports? ){0,4}(?:on |for )?(macOS|Windows)|requires? (?:a )?(macOS|Windows)\b)/i;
/** An entry of a list of requirements: "- macOS with the program installed", "- macOS 14 or later". */
const REQUIRED_PLATFORM = /^\s{0,9}[-*]\s{1,9}\**(macOS)\b\**\s{0,3}(?:with\b|\d|\(|$)/;
const OTHER_PLATFORM = /\blinux\b|\bdocker\b|\bcross-platform\b|\bor (?:windows|macos)\b|\band (?:windows|macos)\b/i;
const QR_LOGIN =
  /\bscan(?:ning)?\b[^.\n]{0,40}\bQR[ -]code\b|\bQR[ -]code\b[^.\n]{0,60}\b(?:scan|log ?in|authenticat)/i;
const BROWSER_LOGIN =
  /\bbrowser\b[^.\n]{0,80}\b(?:log ?in|sign ?in|auth\w{0,20}|consent|OAuth)\b|\b(?:log ?in|sign ?in|auth\w{0,20}|OAuth)\b[^.\n]{0,80}\bbrowser\b/i;
/** Signing in on a port of its own: Google's helper, or an address of this computer to come back to. */
const LOCAL_CALLBACK =
  /\brun_local_server\(|InstalledAppFlow|@google-cloud\/local-auth|["'`]https?:\/\/(?:localhost|127\.0\.0\.1)(?::(?:\d{1,5}|\$\{[^}]{1,80}\}))?\/?(?:oauth2?|auth)?\/?(?:callback|oauth2?callback|redirect)\b/i;
const OPENS_BROWSER =
  /\bwebbrowser\.open\(|from ["']open["']|require\(["']open["']\)|import\(["']open["']\)|xdg-open|run_local_server\(|local-auth/;
const DEVICE_LOGIN =
  /\bacquireTokenByDeviceCode\b|\bgrant-type:device_code\b|\bDeviceCodeCredential\b|\binitiate_device_flow\b/;
const LOCAL_MODULES =
  /^[ \t]{0,40}["']?(pyobjc[\w-]{0,40}|pywin32|appscript|py-applescript|pyautogui|comtypes)\b(?![^\n]{0,200}(?:sys_platform|platform_system))/im;

const PLATFORM_NAMES: Record<string, string> = { darwin: 'macOS', win32: 'Windows' };

const LINE_CHARACTERS_MAX = 1_000;

type Line = { text: string; file: string; line: number };

const linesOf = (files: FileSet): Line[] =>
  files.files
    .filter(({ path }) => /(?:^|\/)readme\.mdx?$/i.test(path) && path.split('/').length < 3)
    .flatMap(({ path, text }) =>
      text.split('\n').map((one, at) => ({ text: one.slice(0, LINE_CHARACTERS_MAX), file: path, line: at + 1 })),
    );

const readmeEvidence = ({ file, line }: Line): Evidence => evidenceOf('README', file, line, null);

const onlyOn = (platform: string, evidence: Evidence): LocalNeed => ({
  kind: 'platform',
  message: `It runs on ${platform} only, and a hosted machine runs Linux. Use it on your own computer, or look for a version without that limit.`,
  evidence,
});

function platformOf(facts: LocalNeedFacts, code: Code, lines: Line[]): LocalNeed | null {
  const { platforms, files } = facts;
  const allowed = platforms.filter((one) => !one.startsWith('!'));
  if (platforms.includes('!linux') || (allowed.length > 0 && !allowed.includes('linux'))) {
    const names = allowed.map((one) => PLATFORM_NAMES[one] ?? one).join(' and ');
    return onlyOn(names || 'other systems', evidenceOf('PACKAGE', 'package.json', null, 'os'));
  }
  const manifest = files.files.find(({ path }) => /(?:^|\/)pyproject\.toml$/.test(path));
  const module = manifest && LOCAL_MODULES.exec(manifest.text);
  if (manifest && module?.[1]) {
    const platform = /pywin32|comtypes/.test(module[1])
      ? 'Windows'
      : /pyautogui/.test(module[1])
        ? 'a desktop'
        : 'macOS';
    return onlyOn(
      platform,
      evidenceOf('PACKAGE', manifest.path, createLineIndex(manifest.text)(module.index), module[1]),
    );
  }
  const pattern = (text: string): RegExp | undefined =>
    [ONE_PLATFORM, REQUIRED_PLATFORM].find((one) => one.test(text) && !OTHER_PLATFORM.test(text));
  const found = lines.find(({ text }) => pattern(text) !== undefined);
  const platform =
    found &&
    pattern(found.text)
      ?.exec(found.text)
      ?.slice(1)
      .find((one) => one !== undefined);
  // installation notes speak of systems too: the code has to steer that system
  const steersIt = code.all.some(({ text }) =>
    /\bosascript\b|\bAppleScript\b|\bpowershell(?:\.exe)?\b|win32com/i.test(text),
  );
  return found && platform && steersIt ? onlyOn(platform, readmeEvidence(found)) : null;
}

function appOf({ name, description }: LocalNeedFacts, lines: Line[]): LocalNeed | null {
  const said = `${name.replace(/[-_/@.]/g, ' ')} ${description ?? ''}`;
  const app = APPS.exec(said)?.[1] ?? new RegExp(APPS.source, 'i').exec(name.replace(/[-_/@.]/g, ' '))?.[1];
  if (!app) return null;
  const found = lines.find(({ text }) => text.toLowerCase().includes(app.toLowerCase()) && NEEDS_APP.test(text));
  if (!found) return null;
  const label = APPS.exec(found.text)?.[1] ?? app;
  return {
    kind: 'app',
    message: `It talks to ${label} on the same computer, so its tools work only where ${label} runs. Deploy it with machines on that computer, not on a hosted one.`,
    evidence: readmeEvidence(found),
  };
}

function loginOf(code: Code, lines: Line[]): LocalNeed | null {
  const scan = lines.find(({ text }) => QR_LOGIN.test(text));
  if (scan) {
    return {
      kind: 'login',
      message:
        'It signs in with a QR code that it shows in a terminal, and a hosted machine has none. Sign in on your own computer first, and look whether the session can be handed over as a file or variable.',
      evidence: readmeEvidence(scan),
    };
  }
  const said = lines.find(({ text }) => BROWSER_LOGIN.test(text));
  // a code that is entered on any computer needs no window here
  if (!said || code.all.some(({ text }) => DEVICE_LOGIN.test(text))) return null;
  const callback = code.all.find(({ text }) => LOCAL_CALLBACK.test(text));
  const opens = code.all.some(({ text }) => OPENS_BROWSER.test(text));
  const at = callback ? LOCAL_CALLBACK.exec(callback.text)?.index : undefined;
  if (!callback || !opens || at === undefined) return null;
  return {
    kind: 'browser',
    message:
      'It signs in through a browser window on the computer where it runs, and a hosted machine has none. Sign in on your own computer first, then give it the token or the file that it keeps.',
    evidence: evidenceOf('SOURCE_CODE', callback.path, callback.lineAt(at), null),
  };
}

/** Finds a need for the user's own computer: one operating system, a desktop program, a login on a screen. */
export function detectLocalNeed(facts: LocalNeedFacts): LocalNeed | null {
  const lines = linesOf(facts.files);
  const code = readCode(facts.files);
  return platformOf(facts, code, lines) ?? appOf(facts, lines) ?? loginOf(code, lines);
}
