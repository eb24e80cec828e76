import { type Message, textOf } from '../../test-rig.ts';

export const PREFIX = 'io.modelcontextprotocol/';
/** How the host introduces the fixture in the metadata of each result. */
export const SERVER_INFO = { [`${PREFIX}serverInfo`]: { name: 'fixture', version: '1.2.3' } };

/** The JSON that a tool of the fixture returned as text. */
export const read = (answer: Message | undefined): unknown => JSON.parse(textOf(answer));
