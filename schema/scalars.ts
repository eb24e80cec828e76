import { GraphQLError } from 'graphql';
import { z } from 'zod';
import { builder } from './builder.ts';

const dateTime = z.iso.datetime({ offset: true });

builder.scalarType('DateTime', {
  description: 'A moment, as ISO 8601 with a time zone: 2026-11-20T12:00:00.000Z.',
  serialize: (value) => new Date(value).toISOString(),
  parseValue: (value) => {
    const parsed = dateTime.safeParse(value);
    if (!parsed.success) throw new GraphQLError('A DateTime is ISO 8601 with a time zone: 2026-11-20T12:00:00.000Z.');
    return new Date(parsed.data);
  },
});

builder.scalarType('JSON', {
  description: 'Any JSON value, such as a JSON Schema.',
  serialize: (value) => value,
  parseValue: (value) => value,
});
