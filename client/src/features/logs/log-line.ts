export type LogViewLine = { key: string; at: string; stream: 'INSTALL' | 'STDERR' | 'STDOUT' | 'HOST'; text: string };
