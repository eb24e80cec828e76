/** Messages of DNS (RFC 1035, section 4), as far as a name server for one machine needs them. */
export type Question = {
  /** Lower case, without the last dot. */
  name: string;
  type: number;
  /** Bytes of the message up to the end of the question. */
  end: number;
};

export const RECORD = { A: 1, CNAME: 5, MX: 15, TXT: 16, AAAA: 28, SRV: 33 } as const;
export const RCODE = { NO_ERROR: 0, FORMAT: 1, SERVER: 2, NO_NAME: 3, REFUSED: 5 } as const;

const HEADER = 12;
const CLASS_IN = 1;
const LABEL_MAX = 63;
/** Short, since a denied name may be allowed a moment later. */
const TTL_SECONDS = 30;
/** A message over UDP without extensions has 512 bytes (section 4.2.1). */
const ANSWERS_MAX = 8;

/** Reads the question of a query; null for anything else. */
export const parseQuestion = (message: Buffer): Question | null => {
  if (message.length < HEADER || (message.readUInt16BE(2) & 0xf800) !== 0 || message.readUInt16BE(4) !== 1) return null;
  const labels: string[] = [];
  let at = HEADER;
  for (;;) {
    const length = message[at];
    if (length === undefined || length > LABEL_MAX) return null; // no compression within a question
    if (length === 0) break;
    labels.push(message.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  if (message.length < at + 5 || message.readUInt16BE(at + 3) !== CLASS_IN) return null;
  return { name: labels.join('.').toLowerCase(), type: message.readUInt16BE(at + 1), end: at + 5 };
};

const bytesOf = (address: string): Buffer => {
  if (!address.includes(':')) return Buffer.from(address.split('.').map(Number));
  const [head = '', tail = ''] = address.split('::');
  const groups = (text: string) => (text === '' ? [] : text.split(':'));
  const missing = 8 - groups(head).length - groups(tail).length;
  const all = [
    ...groups(head),
    ...Array.from({ length: address.includes('::') ? missing : 0 }, () => '0'),
    ...groups(tail),
  ];
  const bytes = Buffer.alloc(16);
  for (const [index, group] of all.entries()) bytes.writeUInt16BE(Number.parseInt(group, 16), index * 2);
  return bytes;
};

/** The answer to a query, with canonical addresses of the question's type. */
export const answerOf = (
  query: Buffer,
  { type, end }: Question,
  rcode: number,
  addresses: readonly string[] = [],
): Buffer => {
  const head = Buffer.from(query.subarray(0, end));
  const shown = addresses.slice(0, ANSWERS_MAX);
  // Response, recursion desired as in the query, recursion available.
  head.writeUInt16BE(0x8080 | (query.readUInt16BE(2) & 0x0100) | rcode, 2);
  for (const [index, count] of [1, shown.length, 0, 0].entries()) head.writeUInt16BE(count, 4 + index * 2);
  const records = shown.map((address) => {
    const data = bytesOf(address);
    const record = Buffer.alloc(12);
    record.writeUInt16BE(0xc000 | HEADER, 0); // the name of the question
    record.writeUInt16BE(type, 2);
    record.writeUInt16BE(CLASS_IN, 4);
    record.writeUInt32BE(TTL_SECONDS, 6);
    record.writeUInt16BE(data.length, 10);
    return Buffer.concat([record, data]);
  });
  return Buffer.concat([head, ...records]);
};
