import { isObject } from '../schema-form/node.ts';

const ANNOTATION = 'x-mcp-header';
const DEPTH_MAX = 16;

/** Lists the parameters that the HTTP binding of 2026-07-28 repeats in headers (`Mcp-Param-*`), with their values. */
export function paramHeaders(schema: unknown, args: Record<string, unknown>, depth = 0): [string, string][] {
  const properties = isObject(schema) ? schema['properties'] : undefined;
  if (!isObject(properties) || depth >= DEPTH_MAX) return [];
  return Object.entries(properties).flatMap(([name, property]): [string, string][] => {
    const value = args[name];
    if (!isObject(property) || value === undefined || value === null) return [];
    const suffix = property[ANNOTATION];
    if (typeof suffix === 'string') return typeof value === 'object' ? [] : [[`Mcp-Param-${suffix}`, String(value)]];
    return isObject(value) ? paramHeaders(property, value, depth + 1) : [];
  });
}
