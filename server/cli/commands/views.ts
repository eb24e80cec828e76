import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { z } from 'zod';
import { connect } from '../connection.ts';
import { usage } from '../failure.ts';
import { findDeployment } from '../find-deployment.ts';
import { CREATE_TOKEN } from '../operations/credentials.ts';
import { DELETE_VIEW, SAVE_VIEW, VIEWS } from '../operations/views.ts';
import { oneLine } from '../printable.ts';
import { printJson, type Shell } from '../shell.ts';
import { isRules, type RuleOptions, withRuleOptions } from '../view-rules.ts';

export type ViewsOptions = RuleOptions & {
  save?: string;
  delete?: string;
  rules?: string;
  newToken?: string;
};

type View = z.infer<typeof SAVE_VIEW.result>;

/** The path is relative to the folder of the caller. */
const readRules = async (file: string, cwd: string): Promise<Record<string, unknown>> => {
  try {
    const read: unknown = JSON.parse(await readFile(resolve(cwd, file), 'utf8'));
    if (isRules(read)) return read;
  } catch (error) {
    throw usage(`The rules in ${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  throw usage(`The rules in ${file} are not a JSON object.`);
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
    const file = options.rules === undefined ? {} : await readRules(options.rules, shell.cwd);
    const input = { deploymentId: id, name: options.save, rules: withRuleOptions(file, options) };
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
