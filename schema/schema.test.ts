import { isInputObjectType, isInterfaceType, isObjectType, printSchema } from 'graphql';
import { expect, test } from 'vitest';
import { schema } from './schema.ts';

const types = Object.values(schema.getTypeMap()).filter(({ name }) => !name.startsWith('__'));

test('every type, field and argument says what it is', () => {
  const silent: string[] = [];
  for (const type of types) {
    if (!(isObjectType(type) || isInterfaceType(type) || isInputObjectType(type))) continue;
    if (!type.description) silent.push(type.name);
    for (const field of Object.values(type.getFields())) {
      if (!field.description) silent.push(`${type.name}.${field.name}`);
      const args: { name: string; description?: string | null | undefined }[] = 'args' in field ? field.args : [];
      silent.push(...args.filter((arg) => !arg.description).map((arg) => `${type.name}.${field.name}(${arg.name})`));
    }
  }
  expect(silent).toEqual([]);
});

test('a description can be read alone: it does not begin with a word that points at another one', () => {
  const pointing = printSchema(schema).match(/"""(?:It|Its|They|Their|Them|This|That|Those|The same)\b.*/g);
  expect(pointing ?? []).toEqual([]);
});

test('every mutation answers with a union of its payload and the expected errors', () => {
  const expected = [
    'ConflictError',
    'GenericUserError',
    'InvalidInputError',
    'LimitError',
    'NotFoundError',
    'UpstreamError',
  ];
  for (const field of Object.values(schema.getMutationType()?.getFields() ?? {})) {
    const name = `${field.name.charAt(0).toUpperCase()}${field.name.slice(1)}Result`;
    expect(String(field.type)).toBe(`${name}!`);
    const union = schema.getType(name);
    const members = union && 'getTypes' in union ? union.getTypes().map((member) => member.name) : [];
    expect(members).toEqual(expect.arrayContaining(expected));
    expect(members).toHaveLength(expected.length + 1);
  }
});
