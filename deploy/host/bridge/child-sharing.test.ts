import { expect, test } from 'vitest';
import { PLATFORM_PRINCIPAL } from '../contract.ts';
import { findModern, findShared, isAbandoned } from './child-sharing.ts';
import { peerOf, type SessionOptions, sessionOf } from './parts.testing.ts';
import type { SessionPeer } from './session.ts';

const always = () => true;
const never = () => false;
const platformOf = (options: SessionOptions = {}) => sessionOf({ principal: PLATFORM_PRINCIPAL, ...options });

const peerWith = (changes: Partial<SessionPeer>, options: Parameters<typeof peerOf>[0] = {}): SessionPeer =>
  Object.assign(peerOf(options).peer, changes);
const ofPlatform = (changes: Partial<SessionPeer> = {}) =>
  peerWith({ shareKey: null, ...changes }, { principal: PLATFORM_PRINCIPAL });

test('a session joins the child with its key, and no other', () => {
  const own = peerWith({ shareKey: 'k' });
  const peers = [peerWith({ shareKey: 'other' }), own];
  expect(findShared(peers, sessionOf({ shareKey: 'k' }), always)).toBe(own);
  expect(findShared(peers, sessionOf({ shareKey: 'third' }), always)).toBeNull();
});

test('a session without a key joins no child of other sessions', () => {
  expect(findShared([peerWith({ shareKey: null })], sessionOf({ shareKey: null }), always)).toBeNull();
});

test.each([{ serving: false }, { era: 'modern' as const }])('a session joins no child that is %j', (changes) => {
  expect(findShared([peerWith({ shareKey: 'k', ...changes })], sessionOf({ shareKey: 'k' }), always)).toBeNull();
});

test('a session takes over a child that only the platform has used, on the same terms', () => {
  const peer = ofPlatform({ terms: 't' });
  const session = sessionOf({ shareKey: 'k', principal: 'a', terms: 't', workspaceOwner: 'a' });
  expect(findShared([peer], sessionOf({ terms: 'u' }), always)).toBeNull();
  expect(findShared([peer], session, never)).toBeNull();
  expect(findShared([peerWith({ shareKey: null, terms: 't' })], session, always)).toBeNull();
  expect(peer.principal).toBe(PLATFORM_PRINCIPAL);
  expect(findShared([peer], session, always)).toBe(peer);
  expect([peer.shareKey, peer.principal, peer.workspace.owner]).toEqual(['k', 'a', 'a']);
});

test('a child that is taken over keeps the owner of its files', () => {
  const peer = ofPlatform();
  peer.workspace.owner = 'first';
  findShared([peer], sessionOf({ workspaceOwner: 'second' }), always);
  expect(peer.workspace.owner).toBe('first');
});

test('the platform uses any child, and takes over none', () => {
  const peer = peerWith({ shareKey: 'k' });
  expect(findShared([peer], platformOf({ shareKey: null }), never)).toBe(peer);
  expect([peer.shareKey, peer.principal]).toEqual(['k', 'a']);
  expect(findShared([], platformOf(), always)).toBeNull();
});

test('in the modern era, sessions share by their key, and the platform uses any child', () => {
  const peer = peerWith({ era: 'modern', shareKey: 'm' });
  const legacy = peerWith({ era: 'legacy', shareKey: 'm' });
  const silent = peerWith({ era: 'modern', shareKey: 'm', serving: false });
  expect(findModern([legacy, silent, peer], sessionOf({ modernShareKey: 'm' }), always)).toBe(peer);
  expect(findModern([legacy, silent], sessionOf({ modernShareKey: 'm' }), always)).toBeNull();
  expect(findModern([peer], sessionOf({ modernShareKey: 'n' }), always)).toBeNull();
  expect(findModern([peer], platformOf(), never)).toBe(peer);
});

test('in the modern era, a session without a key joins no child of others', () => {
  expect(findModern([peerWith({ era: 'modern', shareKey: null })], sessionOf(), always)).toBeNull();
});

test('in the modern era, a session takes over any child that only the platform has used', () => {
  const peer = ofPlatform({ era: 'modern', terms: 'whatever' });
  const session = sessionOf({ shareKey: 'k', modernShareKey: 'm', principal: 'a' });
  expect(findModern([peer], session, never)).toBeNull();
  expect(findModern([peer], session, always)).toBe(peer);
  expect([peer.shareKey, peer.principal]).toEqual(['m', 'a']);
});

test('a child of one session is abandoned when only the platform is left on it', () => {
  const peer = peerWith({ shareKey: null });
  expect(isAbandoned(peer)).toBe(true);
  peer.sessions.add(platformOf());
  expect(isAbandoned(peer)).toBe(true);
  peer.sessions.add(sessionOf());
  expect(isAbandoned(peer)).toBe(false);
  expect(isAbandoned(peerWith({ shareKey: 'k' }))).toBe(false);
  expect(isAbandoned(ofPlatform())).toBe(false);
});
