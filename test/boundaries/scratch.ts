import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { spawn } from 'node:child_process';

export type Files = Record<string, string>;

const configuration = [
  'package.json',
  'tsconfig.json',
  '.dependency-cruiser.mjs',
  '.oxlintrc.json',
  'knip.jsonc',
  '.gitignore',
];

/** A tree beside the repository with its real configuration and packages, and these files instead of its code. */
export class Scratch {
  readonly root = mkdtempSync(join(tmpdir(), 'mainstay-boundaries-'));

  constructor(files: Files) {
    for (const name of configuration) cpSync(name, join(this.root, name));
    symlinkSync(resolve('node_modules'), join(this.root, 'node_modules'));
    for (const [path, content] of Object.entries(files)) this.write(path, content);
  }

  write(path: string, content: string): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    writeFileSync(join(this.root, path), content);
  }

  /** What the tool printed on standard output, whatever its exit code: finding an offence is a failure to the tool. */
  run(tool: string, ...args: string[]): Promise<{ code: number | null; output: string }> {
    const bin = resolve('node_modules/.bin');
    const env = { ...process.env, PATH: `${bin}:${process.env.PATH}` };
    return new Promise((settle, reject) => {
      const child = spawn(join(bin, tool), args, {
        cwd: this.root,
        env,
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let output = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
      child.on('error', reject);
      child.on('close', (code) => settle({ code, output }));
    });
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
