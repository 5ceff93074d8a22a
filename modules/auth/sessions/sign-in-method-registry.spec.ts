import { describe, expect, it } from '@jest/globals';
import { SignInMethodRegistry } from './sign-in-method-registry.js';

/** Returns a registry with a method for each object, which has a number of credentials per user. */
function withMethods(...methods: Record<string, number>[]) {
  const registry = new SignInMethodRegistry();
  for (const counts of methods) registry.register(async (userId) => counts[userId] ?? 0);
  return registry;
}

const refusal = { type: { code: 'auth.last-way-to-sign-in' } };

describe('the registry of sign-in methods', () => {
  it.each<[string, Record<string, number>[]]>([
    ['first', [{ ada: 1 }, {}, {}]],
    ['last', [{}, {}, { ada: 2 }]],
  ])('is content when the user has a credential of the %s method alone', async (_, methods) => {
    await expect(withMethods(...methods).assertOneLeft('ada')).resolves.toBeUndefined();
  });

  it('refuses when the user has no credential of any method, whatever other users have', async () => {
    const registry = withMethods({ grace: 1 }, { grace: 3 });
    await expect(registry.assertOneLeft('ada')).rejects.toMatchObject(refusal);
  });

  it('refuses when no method is registered', async () => {
    await expect(withMethods().assertOneLeft('ada')).rejects.toMatchObject(refusal);
  });
});
