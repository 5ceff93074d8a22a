import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse, stringify } from 'yaml';
import { freePort } from '../machine/ports.js';
import type { ContainerEngine } from './containers.js';

/** The tag under which the tests build the image. Other images of this machine keep theirs. */
export const testedImage = 'mainstay-test';

interface Compose {
  name?: string;
  services: Record<string, { build?: string; image: string; ports?: string[] }>;
}

interface Place {
  engine: ContainerEngine;
  project: string;
  folder: string;
  apiUrl: string;
  mailboxUrl: string;
}

/** What a container is doing, as `docker inspect` shows it. */
export interface ContainerState {
  Id: string;
  RestartCount: number;
  State: { Status: string; ExitCode: number; StartedAt: string; Health?: { Status: string } };
  NetworkSettings: { Networks: Record<string, { IPAddress: string }> };
}

/** The services of docker-compose.yml as a project of their own, with the secrets that docs/docker.md makes. */
export class ImageStack {
  private constructor(readonly place: Place) {}

  /** Prepares a folder with the compose file and the secrets. Starts nothing. */
  static async prepare(engine: ContainerEngine): Promise<ImageStack> {
    const folder = mkdtempSync(join(tmpdir(), 'mainstay-image-'));
    const [api, mailbox] = [await freePort(), await freePort()];
    const file = parse(readFileSync('docker-compose.yml', 'utf8'), { merge: true }) as Compose;
    writeFileSync(
      join(folder, 'docker-compose.yml'),
      stringify(besideOthers(file, { api, mailbox }), { version: '1.1' }),
    );
    execFileSync('sh', ['-euc', secretsScript()], { cwd: folder });
    return new ImageStack({
      engine,
      project: `mainstay-test-${process.pid}`,
      folder,
      apiUrl: `http://localhost:${api}`,
      mailboxUrl: `http://localhost:${mailbox}`,
    });
  }

  /** The stack that another process has prepared. */
  static at(place: string): ImageStack {
    return new ImageStack(JSON.parse(place) as Place);
  }

  docker(...args: string[]): Promise<string> {
    return this.#run(this.place.engine.docker, args);
  }

  compose(...args: string[]): Promise<string> {
    const { folder, project } = this.place;
    const file = join(folder, 'docker-compose.yml');
    return this.#run(this.place.engine.compose, ['-f', file, '-p', project, ...args]);
  }

  /** Runs a command in a new container with the secrets and the environment of the API. Returns what it prints. */
  command(...args: string[]): Promise<string> {
    return this.compose('run', '--rm', '--no-deps', '-T', 'api', ...args);
  }

  /** The containers of a service, also those that have ended. */
  async containers(service: string): Promise<ContainerState[]> {
    const labels = { project: this.place.project, service, oneoff: 'False' };
    const filters = Object.entries(labels).flatMap(([name, value]) => [
      '--filter',
      `label=com.docker.compose.${name}=${value}`,
    ]);
    const ids = (await this.docker('ps', '--all', '--quiet', ...filters)).split('\n').filter(Boolean);
    return ids.length === 0 ? [] : (JSON.parse(await this.docker('inspect', ...ids)) as ContainerState[]);
  }

  async remove(): Promise<void> {
    await this.compose('down', '--volumes', '--remove-orphans', '--timeout', '1');
    rmSync(this.place.folder, { recursive: true });
  }

  async #run([program = '', ...first]: string[], args: string[]): Promise<string> {
    const { stdout } = await promisify(execFile)(program, [...first, ...args], {
      env: { ...process.env, PUBLIC_URL: this.place.apiUrl },
      maxBuffer: 64 * 1024 * 1024,
    });
    return stdout;
  }
}

/** Changes what two stacks on one machine cannot both have: the name, the ports, and the tag of the image. */
function besideOthers(file: Compose, ports: { api: number; mailbox: number }): Compose {
  delete file.name;
  for (const service of Object.values(file.services)) {
    if (!service.build) continue;
    delete service.build;
    service.image = testedImage;
  }
  file.services.api!.ports = [`127.0.0.1:${ports.api}:3000`];
  file.services.mailpit!.ports = [`127.0.0.1:${ports.mailbox}:8025`];
  return file;
}

/** The commands of docs/docker.md that make the secrets. */
function secretsScript(): string {
  const [, script = ''] = /```sh\n([^`]+)```/.exec(readFileSync('docs/docker.md', 'utf8')) ?? [];
  return script.replace(/^docker compose .*$/m, '');
}
