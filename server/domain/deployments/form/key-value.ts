export type KeyValue = { name: string; value: string };
