import { expect, test } from 'vitest';
import { readFilter, toInput } from './call-filter.ts';

const read = (query: string) => readFilter(new URLSearchParams(query));

test('the address of the page is a filter of the API', () => {
  expect(toInput(read('tool=greet&client=reader&outcome=failed&slower=1000'))).toEqual({
    name: 'greet',
    client: 'reader',
    outcomes: ['TOOL_ERROR', 'PROTOCOL_ERROR', 'CANCELLED', 'TIMED_OUT', 'REFUSED'],
    slowerThanMs: 1000,
    requestId: null,
  });
});

test('values of the address that mean nothing filter nothing', () => {
  for (const query of ['', 'outcome=toString&slower=fast&tool=', 'outcome=OK&slower=-1'])
    expect(Object.values(toInput(read(query)))).toEqual([null, null, null, null, null]);
});
