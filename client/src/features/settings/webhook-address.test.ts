import { expect, test } from 'vitest';
import { isChatAddress, webhookAddressProblem } from './webhook-address.ts';

test.each([
  ['https://hooks.slack.com/services/T/B/x', true],
  ['https://hooks.slack.com/services/••••', true],
  ['https://discord.com/api/webhooks/1/x', true],
  ['https://hooks.slack.com.example/services/T/B/x', false],
  ['https://discord.com/channels/1', false],
])('tells the address of a chat: %s', (address, isChat) => {
  expect(isChatAddress(address)).toBe(isChat);
});

test('asks for a URL', () => {
  expect(webhookAddressProblem('hooks.example.com')).toBe('Enter a URL that starts with https://');
  expect(webhookAddressProblem('https://hooks.example.com')).toBeNull();
  expect(webhookAddressProblem('')).toBeNull();
});
