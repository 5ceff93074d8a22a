/** The least that the environment allows, for tests of what hashing costs. */
export const dearHashing = { ARGON2_MEMORY_KIB: '19456', ARGON2_PASSES: '2' };

/** Far below that: most tests need a hash, and not its strength. */
export const cheapHashing = { ARGON2_MEMORY_KIB: 64, ARGON2_PASSES: 1 };
