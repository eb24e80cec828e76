import { readFile } from 'node:fs/promises';
import type { z } from 'zod';
import { connect } from '../connection.ts';
import { usage } from '../failure.ts';
import { findDeployment } from '../find-deployment.ts';
import { CREATE_TOKEN } from '../operations/credentials.ts';
import { DELETE_VIEW, SAVE_VIEW, VIEWS } from '../operations/views.ts';
import { oneLine } from '../printable.ts';
import { printJson, type Shell } from '../shell.ts';

export type ViewsOptions = {
  save?: string;
  delete?: string;
  rules?: string;
  allow?: string[];
  deny?: string[];
  rename?: string[];
  newToken?: string;
};

type View = z.infer<typeof SAVE_VIEW.result>;

const readRules = async (file: string): Promise<Record<string, unknown>> => {
  try {
    const read: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (typeof read === 'object' && read !== null && !Array.isArray(read)) return { ...read };
  } catch (error) {
    throw usage(`The rules in ${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  throw usage(`The rules in ${file} are no JSON object.`);
};

/** The rules of the file, with those of the command line in their place. */
const rulesOf = async ({ rules: file, allow, deny, rename }: ViewsOptions): Promise<Record<string, unknown>> => {
  const rules = file === undefined ? {} : await readRules(file);
  if (allow === undefined && deny === undefined && rename === undefined) return rules;
  const changes = Object.fromEntries(
    (rename ?? []).map((pair) => {
      const at = pair.indexOf('=');
      if (at < 1) throw usage(`Write --rename tool=name, not "${pair}".`);
      return [pair.slice(0, at), { name: pair.slice(at + 1) }];
    }),
  );
  const tools = { ...(allow === undefined ? {} : { allow }), ...(deny === undefined ? {} : { deny }), changes };
  return { ...rules, tools };
};

const print = ({ terminal }: Shell, { name, url, effect }: View) => {
  const { out } = terminal;
  const size =
    effect === null
      ? ''
      : `  ${effect.toolsAfter} of ${effect.toolsBefore} tools, about ${effect.tokensAfter} of ${effect.tokensBefore} tokens`;
  out.line(`${oneLine(name)}${size}`);
  out.line(`  ${url}`);
  for (const note of effect?.notes ?? []) out.line(out.paint('dim', `  ${oneLine(note)}`));
};

/** Lists the views of a deployment, saves or deletes one, or creates a token that is bound to one. */
export async function views(shell: Shell, word: string, options: ViewsOptions): Promise<void> {
  if ([options.save, options.delete, options.newToken].filter((one) => one !== undefined).length > 1)
    throw usage('Use one of --save, --delete and --new-token at a time.');
  const client = await connect(shell);
  const { databaseId: id } = await findDeployment(client, word);
  if (options.save !== undefined) {
    const input = { deploymentId: id, name: options.save, rules: await rulesOf(options) };
    const saved = await client.ask(SAVE_VIEW, { input });
    return shell.json ? printJson(shell, saved) : print(shell, saved);
  }
  const found = await client.ask(VIEWS, { id });
  const named = (name: string): View => {
    const view = found?.views.find((one) => one.name === name);
    if (!view)
      throw usage(`There is no view "${name}". Views: ${found?.views.map((one) => one.name).join(', ') || 'none'}.`);
    return view;
  };
  if (options.delete !== undefined) {
    const view = named(options.delete);
    await client.ask(DELETE_VIEW, { id: view.id });
    return shell.json
      ? printJson(shell, { deleted: view.name })
      : shell.terminal.out.line(`Deleted view ${view.name}.`);
  }
  if (options.newToken !== undefined) {
    const view = named(options.newToken);
    const input = { deploymentId: id, name: `View ${view.name}`, view: view.name };
    const { token } = await client.ask(CREATE_TOKEN, { input });
    return shell.json ? printJson(shell, { token }) : shell.terminal.out.line(token);
  }
  if (shell.json) return printJson(shell, found?.views ?? []);
  if (found === null || found.views.length === 0)
    return shell.terminal.out.line('No views. Save one with --save <name>.');
  for (const view of found.views) print(shell, view);
}
