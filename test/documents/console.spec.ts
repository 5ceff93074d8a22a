import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';

const folder = 'dist/apps/console/assets';

function kilobytesOf(ending: string): number {
  const files = readdirSync(folder).filter((name) => name.endsWith(ending));
  expect(files.length).toBeGreaterThan(0);
  const sizes = files.map((name) => gzipSync(readFileSync(`${folder}/${name}`), { level: 9 }).length);
  return sizes.reduce((sum, size) => sum + size, 0) / 1024;
}

describe('the console that npm run build makes', () => {
  it('is at most 60 KB of script and 12 KB of style', () => {
    expect(kilobytesOf('.js')).toBeLessThanOrEqual(60);
    expect(kilobytesOf('.css')).toBeLessThanOrEqual(12);
  });

  it('has nothing inline, which its policy would refuse', () => {
    const page = readFileSync('dist/apps/console/index.html', 'utf8');
    expect(page).not.toMatch(/<script(?![^>]* src=)|<style|\sstyle=|\son\w+=/);
    expect(page).toMatch(/<script type="module"/);
  });
});
