import { readFileSync } from 'node:fs';
import { buildSchema, Kind, type OperationDefinitionNode, parse, validate } from 'graphql';
import { expect, test } from 'vitest';
import * as analysis from './analysis.ts';
import * as deployment from './deployment.ts';
import * as doctor from './doctor.ts';
import * as intent from './intent.ts';
import * as members from './members.ts';
import * as registry from './registry.ts';
import * as viewer from './viewer.ts';

const schema = buildSchema(readFileSync(new URL('../../../schema/schema.graphql', import.meta.url), 'utf8'));

const operations = Object.entries({
  ...analysis,
  ...deployment,
  ...doctor,
  ...intent,
  ...members,
  ...registry,
  ...viewer,
}).flatMap(([name, value]) => ('document' in value ? [[name, value.document] as const] : []));

test('there are operations to check', () => {
  expect(operations.length).toBeGreaterThan(12);
});

test.each(operations)('%s is valid against the printed schema', (_name, document) => {
  expect(validate(schema, parse(document)).map(({ message }) => message)).toEqual([]);
});

test.each(operations)('%s calls its one field `result`', (_name, document) => {
  const definitions = parse(document).definitions.filter(
    (node): node is OperationDefinitionNode => node.kind === Kind.OPERATION_DEFINITION,
  );
  const fields = definitions.flatMap(({ selectionSet }) => selectionSet.selections);
  expect(fields).toMatchObject([{ kind: Kind.FIELD, alias: { value: 'result' } }]);
});
