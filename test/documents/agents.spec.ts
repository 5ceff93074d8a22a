import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { llmsFiles } from '../../tools/build/llms.mjs';

const page = readFileSync('AGENTS.md', 'utf8');
const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };

describe('AGENTS.md', () => {
  it('is short enough to be read whole', () => {
    expect(page.split('\n').length).toBeLessThanOrEqual(120);
  });

  it('names commands that there are', () => {
    const named = [...page.matchAll(/^ *npm (?:run )?([\w:-]+)/gm)].map(([, name]) => name!);
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((name) => !scripts[name])).toEqual([]);
  });
});

describe('llms.txt', () => {
  it('lists every guide and decision, and holds each as a whole', async () => {
    const { 'llms.txt': list = '', 'llms-full.txt': whole = '' } = await llmsFiles('.');
    expect(list.split('\n')[0]).toBe('# Mainstay');
    const linked = [...list.matchAll(/\]\(([\w./-]+\.md)\)/g)].map(([, path]) => path!);
    expect(linked).toEqual(
      expect.arrayContaining(['docs/jobs.md', 'CONTRIBUTING.md', 'docs/adr/0002-ambient-transactions.md']),
    );
    for (const path of linked) {
      const title = readFileSync(path, 'utf8').split('\n')[0]!;
      expect(whole).toContain(title);
    }
  });
});
