import { GraphQLError } from 'graphql';
import { z } from 'zod';
import type { Position, RegistrySort } from '#server/domain/registry/search.ts';

/** A sort without words is by time: its keys are numbers there, and titles where it is by name. */
const cursorSchema = z.union([
  z.tuple([z.enum(['RELEVANCE', 'NEWEST']), z.number().min(-8.64e15).max(8.64e15), z.string().max(300)]),
  z.tuple([z.literal('NAME'), z.string().max(1_000), z.string().max(300)]),
]);

export const encodeCursor = (sort: RegistrySort, { key, name }: Position): string =>
  Buffer.from(JSON.stringify([sort, key, name])).toString('base64url');

/** @throws GraphQLError for a text that is no cursor, or one of another order. */
export function decodeCursor(sort: RegistrySort, cursor: string): Position {
  const { data } = cursorSchema.safeParse(parsed(cursor));
  if (data?.[0] === sort) return { key: data[1], name: data[2] };
  throw new GraphQLError('The cursor is none of this list.', { extensions: { code: 'INVALID_INPUT' } });
}

function parsed(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8').replaceAll('\0', ''));
  } catch {
    return null;
  }
}
