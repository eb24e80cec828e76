import { readFileSync } from 'node:fs';
import { buildSchema, Kind, type OperationDefinitionNode, parse, validate } from 'graphql';
import { expect, test } from 'vitest';
import { DOCUMENTS } from './load-documents.ts';
import { REFUSAL } from './operation.ts';

const schema = buildSchema(readFileSync(new URL('../../../schema/schema.graphql', import.meta.url), 'utf8'));

test('there are operations to check', () => {
  expect(DOCUMENTS.length).toBeGreaterThan(12);
});

test.each(DOCUMENTS)('%s is valid against the printed schema', (_name, document) => {
  expect(validate(schema, parse(document)).map(({ message }) => message)).toEqual([]);
});

test.each(DOCUMENTS)('%s calls its one field `result`', (_name, document) => {
  const definitions = parse(document).definitions.filter(
    (node): node is OperationDefinitionNode => node.kind === Kind.OPERATION_DEFINITION,
  );
  const fields = definitions.flatMap(({ selectionSet }) => selectionSet.selections);
  expect(fields).toMatchObject([{ kind: Kind.FIELD, alias: { value: 'result' } }]);
});

const MUTATIONS = DOCUMENTS.filter(([, document]) => /\bmutation\b/.test(document));

test('there are mutations to check', () => {
  expect(MUTATIONS.length).toBeGreaterThan(5);
});

test.each(MUTATIONS)('%s reads refusals by the one selection', (_name, document) => {
  expect(document).toContain(REFUSAL);
});
