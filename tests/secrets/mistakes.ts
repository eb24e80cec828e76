import { expect } from 'vitest';
import { type Browser, openBrowser } from '#server/http/browser.testing.ts';
import type { Sentinels } from './sentinels.ts';

/** Documents and variables that GraphQL refuses, with secrets in them: the answer may repeat them, the log may not. */
export async function sendMistakes(browser: Browser, origin: string, id: string, sentinels: Sentinels): Promise<void> {
  const inline = (name: string) => JSON.stringify(sentinels.plant(name));
  const update =
    'mutation ($set: [KeyValueInput!]!) { updateCredentials(input: { id: "x", set: $set }) { __typename } }';
  const mistakes: [query: string, variables?: object][] = [
    [`mutation { updateSettings(input: { gitHubToken: ${inline('inline token')} }) { nothing } }`],
    [`mutation { updateSettings(input: { gitHubToken: ${inline('inline token that does not parse')}`],
    [
      `mutation { updateSettings(input: { gitHubToken: { a: ${inline('inline token of a wrong type')} } }) { __typename } }`,
    ],
    [
      `mutation { updateCredentials(input: { id: "${id}", set: [{ name: "NOT A NAME", value: ${inline('inline credential')} }] }) { __typename } }`,
    ],
    [update, { set: [{ name: 'A', value: { nested: sentinels.plant('credential of a wrong type') } }] }],
    [update, { set: [{ name: 'A', wrong: sentinels.plant('credential under a wrong name') }] }],
    [update, { set: sentinels.plant('credentials that are not a list') }],
  ];
  const signedOut = openBrowser({ origin });
  for (const [query, variables] of mistakes) {
    for (const sender of [browser, signedOut])
      expect(JSON.stringify(await sender.ask(query, variables))).toMatch(/"errors"|InputError/);
  }
}
