import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { redactorOf } from '#deploy/host/redact.ts';
import { findByToken, newAccessToken } from '#server/domain/access/token.ts';
import { createEnvelopes, EnvelopeError } from '#server/domain/credentials/envelope.ts';
import { createKeyRing, parseKeyRing } from '#server/domain/credentials/key-ring.ts';
import { normalizeUserCode } from '#server/domain/identity/device-logins.ts';
import { hashSecret } from '#server/domain/secret-hash.ts';
import { FUZZ_TIMEOUT_MS, tries, wildText } from './property.ts';

const key = () => `k${randomBytes(4).toString('hex')}:${randomBytes(32).toString('base64')}`;
const context = fc.record({
  purpose: fc.constantFrom('credentials' as const, 'host-token' as const, 'setting' as const),
  subject: fc.string(),
  version: fc.nat(),
});
const options = { timeout: FUZZ_TIMEOUT_MS };

test(
  'an envelope gives back what was sealed, for what it was sealed for, under any key of the ring',
  options,
  async () => {
    const [old, fresh] = [key(), key()];
    const [before, both] = [createEnvelopes(createKeyRing(old)), createEnvelopes(createKeyRing(`${fresh},${old}`))];
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme' }), context, context, async (text, mine, other) => {
        const sealed = await before.seal(text, mine);
        expect(await both.open(sealed, mine)).toBe(text);
        const resealed = await both.reseal(sealed);
        expect(await both.open(resealed, mine)).toBe(text);
        await expect(before.open(resealed, mine)).rejects.toThrow(EnvelopeError);
        if (JSON.stringify(mine) !== JSON.stringify(other)) {
          await expect(both.open(sealed, other)).rejects.toThrow(EnvelopeError);
        }
      }),
      tries(),
    );
  },
);

test('an envelope that was changed anywhere does not open', options, async () => {
  const envelopes = createEnvelopes(createKeyRing(key()));
  const mine = { purpose: 'credentials', subject: 'x', version: 1 } as const;
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.nat(255), fc.boolean(), async (at, by, cut) => {
      const sealed = await envelopes.seal('a secret of some length', mine);
      const place = at % sealed.length;
      const other = String.fromCharCode((sealed.charCodeAt(place) + 1 + (by % 90)) % 126);
      const changed = cut ? sealed.slice(0, place) : sealed.slice(0, place) + other + sealed.slice(place + 1);
      // base64url leaves the last bits of a part open: what decodes to the same bytes is the same envelope
      const bytes = (text: string) =>
        text
          .split('.')
          .map((part) => Buffer.from(part, 'base64url').toString('hex'))
          .join('.');
      if (bytes(changed) === bytes(sealed)) return;
      await expect(envelopes.open(changed, mine)).rejects.toThrow(EnvelopeError);
    }),
    tries(),
  );
});

test('a ring of keys is read, or refused without repeating the key', options, () => {
  fc.assert(
    fc.property(fc.oneof(wildText(), fc.base64String()), (text) => {
      try {
        expect(parseKeyRing(text).current.key).toHaveLength(32);
      } catch (error) {
        expect(error).toBeInstanceOf(Error);
        if (text.trim().length > 3) expect(String(error)).not.toContain(text.trim());
      }
    }),
    tries(),
  );
});

test('a token opens its own entry and no other, whatever is tried', options, () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ minLength: 32, maxLength: 32 }), { maxLength: 5 }),
      wildText(),
      (seeds, guess) => {
        const tokens = seeds.map((seed) => newAccessToken(() => Buffer.from(seed)));
        const entries = tokens.map((token) => ({ hash: hashSecret(token.token), token: token.token }));
        for (const { token, prefix } of tokens) {
          expect(findByToken(entries, token)?.token).toBe(token);
          expect(token.startsWith(prefix)).toBe(true);
          expect(findByToken(entries, `${token}${guess || 'x'}`)).toBeNull();
        }
        expect(findByToken(entries, guess)).toBeNull();
      },
    ),
    tries(),
  );
});

test('the code of a program is the same however it is typed', options, () => {
  fc.assert(
    fc.property(
      fc.stringMatching(/^[BCDFGHJKLMNPQRSTVWXZ]{8}$/),
      fc.stringMatching(/^[ \-._]{0,3}$/),
      (code, between) => {
        expect(normalizeUserCode(`${code.slice(0, 4).toLowerCase()}${between}${code.slice(4)}`)).toBe(code);
      },
    ),
    tries(),
  );
});

test('a secret is gone from any text, in any of its shapes', options, () => {
  const secret = fc
    .string({ unit: 'grapheme-ascii', minLength: 12, maxLength: 60 })
    .filter((text) => text.trim() === text);
  fc.assert(
    fc.property(secret, wildText(), wildText(), (value, before, after) => {
      const redact = redactorOf([value]);
      for (const shape of [
        value,
        JSON.stringify(value),
        encodeURIComponent(value),
        Buffer.from(value).toString('base64'),
      ]) {
        expect(redact(`${before}${shape}${after}`)).not.toContain(shape);
      }
    }),
    tries(),
  );
});
