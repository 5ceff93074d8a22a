import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '#libs/testing';
import { freePort } from '../../tools/machine/ports.js';

/** A real nginx in front of a server. It compresses JSON and keeps connections to the server open. */
export class Nginx {
  private constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
    readonly url: string,
  ) {}

  static async before(upstream: string): Promise<Nginx> {
    const [port, folder] = [await freePort(), await mkdtemp(join(tmpdir(), 'mainstay-nginx-'))];
    const path = join(folder, 'nginx.conf');
    await writeFile(path, settings(folder, port, upstream));
    const args = ['-c', path, '-p', folder, '-e', 'stderr'];
    // The shell ends nginx when our end of its input closes, so that a killed test run leaves none behind.
    const script = '"$@" & server=$!; read -r _; kill "$server"; wait "$server"';
    const child = spawn('/bin/sh', ['-c', script, 'sh', process.env.TEST_NGINX!, ...args], {
      stdio: ['pipe', 'ignore', 'inherit'],
    });
    const nginx = new Nginx(child, folder, `http://127.0.0.1:${port}`);
    await eventually(() => accepts(port), { what: 'nginx to listen' });
    return nginx;
  }

  async close(): Promise<void> {
    this.child.stdin!.end();
    if (this.child.exitCode === null) await once(this.child, 'exit');
    await rm(this.folder, { recursive: true });
  }
}

/** Without a master there is one process, which ends when the test ends it, and keeps the user of the test. */
const settings = (folder: string, port: number, upstream: string) => `
daemon off;
master_process off;
pid ${folder}/pid;
events {}
http {
  access_log off;
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${folder}/${kind};`).join('\n  ')}
  gzip on;
  gzip_types application/json;
  upstream api {
    server ${new URL(upstream).host};
    keepalive 16;
  }
  server {
    listen 127.0.0.1:${port};
    proxy_set_header Connection "";
    proxy_set_header Host $http_host;
    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    location / {
      proxy_pass http://api;
      proxy_http_version 1.1;
    }
    # HTTP/1.0, which nginx speaks by default: it holds an answer without a length back until a buffer is full.
    location /v1/jobs/ {
      proxy_pass http://api;
    }
  }
}
`;

const accepts = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
