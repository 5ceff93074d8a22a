import { afterEach, describe, expect, it } from '@jest/globals';
import { folderCycles } from '../../tools/check/folder-cycles.js';
import { type Files, Scratch } from './scratch.js';

let scratch: Scratch | undefined;

afterEach(() => scratch?.remove());

function cyclesIn(files: Files): string[][] {
  scratch = new Scratch(files);
  return folderCycles(scratch.root);
}

const layers: Files = {
  'modules/auth/auth.module.ts': `import './sign-in/sign-in.js';`,
  'modules/auth/sign-in/sign-in.ts': `import '../sessions/sessions.js';`,
  'modules/auth/sessions/sessions.ts': `export const sessions = 1;`,
};

describe('folderCycles', () => {
  it('finds none in layers', () => {
    expect(cyclesIn(layers)).toEqual([]);
  });

  it('finds two folders that use each other, although no two files do', () => {
    const back = { 'modules/auth/sessions/cookies.ts': `import '../sign-in/proof.js';` };
    const proof = { 'modules/auth/sign-in/proof.ts': `export const proof = 1;` };
    expect(cyclesIn({ ...layers, ...back, ...proof })).toEqual([
      ['modules/auth/sessions', 'modules/auth/sign-in'],
    ]);
  });

  it('finds a folder that uses a file above it, and takes types for coupling, too', () => {
    const back = {
      'libs/queue/relay/relay.ts': `import type { Engine } from '../engine.js';\nexport type E = Engine;`,
    };
    const engine = { 'libs/queue/engine.ts': `import './relay/relay.js';\nexport type Engine = 1;` };
    expect(cyclesIn({ ...back, ...engine })).toEqual([['libs/queue/engine.ts', 'libs/queue/relay']]);
  });

  it('lets tests use every folder', () => {
    const spec = { 'modules/auth/sessions/sessions.spec.ts': `import '../sign-in/sign-in.js';` };
    expect(cyclesIn({ ...layers, ...spec })).toEqual([]);
  });
});
