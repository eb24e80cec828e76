import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseSource } from '#server/domain/analysis/source/parse-source.ts';
import { UserError } from '#server/domain/errors.ts';
import { FUZZ_TIMEOUT_MS, tries, wildText } from './property.ts';

const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,15}$/);
/** Texts that people paste, whole and broken. */
const pasted = fc.oneof(
  wildText(),
  fc.tuple(name, name).map(([owner, repo]) => `https://github.com/${owner}/${repo}`),
  fc.tuple(name, name, wildText()).map(([owner, repo, rest]) => `https://github.com/${owner}/${repo}/tree/${rest}`),
  fc.tuple(name, name).map(([owner, repo]) => `${owner}/${repo}`),
  fc.tuple(name, name, wildText()).map(([scope, pkg, version]) => `@${scope}/${pkg}@${version}`),
  fc
    .tuple(fc.constantFrom('npx -y ', 'uvx ', 'pypi:', 'npm:', 'git@github.com:', 'docker run ', ''), name, wildText())
    .map((parts) => parts.join('')),
  fc.json().map((json) => `{"mcpServers":{"a":${json}}}`),
  fc
    .tuple(name, fc.array(wildText(), { maxLength: 4 }))
    .map(([command, args]) => JSON.stringify({ mcpServers: { x: { command, args } } })),
);

const read = (text: string) => {
  try {
    return parseSource(text, { localPathsAllowed: false });
  } catch (error) {
    if (error instanceof UserError) return null;
    throw error;
  }
};

test('understands any pasted text or refuses it in words', { timeout: FUZZ_TIMEOUT_MS }, () => {
  fc.assert(
    fc.property(pasted, (text) => {
      const source = read(text);
      if (source === null) return;
      expect(['folder', 'archive']).not.toContain(source.kind);
      if (source.kind === 'npm') expect(source.name).toMatch(/^(?:@[\w.~-]+\/)?[\w.~-]+$/);
      if (source.kind === 'pypi') expect(source.name).toMatch(/^[\w.-]+$/);
      if (source.kind === 'github') expect(`${source.owner}/${source.repo}`).toMatch(/^[\w.-]+\/[\w.-]+$/);
      expect(source.normalized).not.toMatch(/[\0\r]/);
    }),
    tries(),
  );
});

test('reads a normalized source as the same source', { timeout: FUZZ_TIMEOUT_MS }, () => {
  fc.assert(
    fc.property(pasted, (text) => {
      const source = read(text);
      if (source === null) return;
      expect(read(`  ${text}\n`)?.normalized).toBe(source.normalized);
    }),
    tries(),
  );
});
