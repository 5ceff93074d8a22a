import { describe, expect, it } from '@jest/globals';
import { InputInvalid } from '#libs/http';
import { costOf } from '#libs/testing';
import { assertGoodPassword, type Person } from './password-policy.js';

const ada = { email: 'ada.lovelace@example.com', name: 'Ada Lovelace' };

/** Returns the code of the fault of a password. */
const faultOf = (password: string, person: Person = ada): Promise<string | undefined> =>
  assertGoodPassword(password, person).then(
    () => undefined,
    (error: InputInvalid) => error.options.errors![0]!.code,
  );

it('says where the fault is, and in words', async () => {
  const refused = assertGoodPassword('passwordpassword1!', ada);
  await expect(refused).rejects.toBeInstanceOf(InputInvalid);
  await expect(refused).rejects.toMatchObject({
    options: { errors: [{ pointer: '#/password', code: 'password.common', detail: expect.any(String) }] },
  });
});

it.each([
  'correct horse battery staple',
  'an entirely new password',
  'le mot de passe de ma grand-mère',
  'fünfzehn Zeichen?',
  '正しい馬のバッテリーの留め金でございます',
  '8273640918273645019283',
  'xK9#mQ2$vL5@nR8',
  'treadmill-sunset-14',
])('accepts %s', async (password) => {
  expect(await faultOf(password)).toBeUndefined();
});

it.each([
  'passwordpassword1!',
  'P4$$w0rd20262026',
  '!!!Password123456',
  'p-a-s-s-w-o-r-d-1-2-3',
  'sunshine1234567890',
  'Liverpool11111111',
  'letmeinletmeinletmein',
  'baseball baseball',
  'iloveyou!!!!!!!!!!',
])('finds the common password in %s', async (password) => {
  expect(await faultOf(password)).toBe('password.common');
});

it.each([
  'aaaaaaaaaaaaaaaaaaaa',
  'abababababababababab',
  'abcdefghijklmnopqrst',
  '12345678901234567890',
  '98765432109876543210',
  'qwertyuiopasdfghjkl',
  '1qaz2wsx3edc4rfv5tgb',
  'lkjhgfdsapoiuytrewq',
  'xk9!xk9!xk9!xk9!xk9!',
  'ABCDEFG1234567hgfed',
])('foresees %s', async (password) => {
  // Some of these are in the list of common passwords as well.
  expect(['password.predictable', 'password.common']).toContain(await faultOf(password));
});

it.each([
  'ada.lovelace-2026!',
  'Lovelace, Ada Lovelace',
  'adalovelace&12345',
  'MAINSTAY-password-1',
  'Ada-Lovelace-Ada-Lovelace',
])('sees how little %s is besides who and what is meant', async (password) => {
  expect(await faultOf(password)).toBe('password.personal');
});

describe('the words of a person', () => {
  it('count only for that person', async () => {
    const grace = { email: 'grace@example.com', name: 'Grace Hopper' };
    expect(await faultOf('ada.lovelace-2026!', grace)).toBeUndefined();
  });

  it('are no reason when there is enough besides', async () => {
    expect(await faultOf('lovelace wrote of looms')).toBeUndefined();
  });

  it('are no reason when they are short: they occur in any sentence', async () => {
    expect(await faultOf('a canada ada!', { email: 'ada@example.com', name: 'Al Ada' })).toBeUndefined();
  });
});

it('takes a long hostile password in its stride', async () => {
  const costOfOrdinary = await costOf(() => faultOf('an entirely new password'));
  for (const hostile of ['a'.repeat(255) + 'b', 'ab'.repeat(128), '!'.repeat(256), 'a1'.repeat(127) + '!?'])
    expect(await costOf(() => faultOf(hostile))).toBeLessThan(100 * costOfOrdinary);
});
