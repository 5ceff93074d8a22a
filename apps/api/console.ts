import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** Where `npm run build` puts the console. Every process runs in the root of the installation. */
const folder = 'dist/apps/console';

const mediaTypes: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Nothing inline, nothing from another site, and no text that becomes markup (Trusted Types without a policy). */
const consolePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

const pageHeaders = {
  'content-security-policy': consolePolicy,
  'permissions-policy':
    'camera=(), geolocation=(), microphone=(), payment=(), usb=(), publickey-credentials-get=(self)',
};

/** The reason why the routes of this file are public: the page asks the API for everything that it shows. */
const open = 'the page and its script hold no data';

interface Asset {
  type: string;
  body: Buffer;
  brotli: Buffer;
}

/** Adds the pages of the console at /console, each of which is the same document: its script reads the path. */
export async function serveConsole(app: NestFastifyApplication): Promise<void> {
  const server = app.getHttpAdapter().getInstance();
  const page = existsSync(folder) ? read(folder, 'index.html') : undefined;
  const assets = new Map(page ? assetsIn(join(folder, 'assets')) : []);
  const answerPage = (request: FastifyRequest, reply: FastifyReply) => {
    if (!page) return reply.callNotFound();
    return send(request, reply.headers(pageHeaders), page);
  };
  for (const path of ['/console', '/console/*'])
    server.get(path, { config: { open, produces: 'text/html' } }, answerPage);
  server.get<{ Params: { name: string } }>(
    '/console/assets/:name',
    { config: { open, produces: '*/*' } },
    (request, reply) => {
      const asset = assets.get(request.params.name);
      if (!asset) return reply.callNotFound();
      // The name holds a digest of the content.
      return send(request, reply.header('cache-control', 'public, max-age=31536000, immutable'), asset);
    },
  );
}

function assetsIn(assetFolder: string): [string, Asset][] {
  const names = readdirSync(assetFolder).filter((name) => !name.endsWith('.br'));
  return names.map((name) => [name, read(assetFolder, name)]);
}

function read(from: string, name: string): Asset {
  const path = join(from, name);
  const type = mediaTypes[extname(name)] ?? 'application/octet-stream';
  return { type, body: readFileSync(path), brotli: readFileSync(`${path}.br`) };
}

/** An encoding with a weight of zero is not acceptable (RFC 9110 section 12.4.2). */
const takesBrotli = /\bbr\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/i;

function send({ headers }: FastifyRequest, reply: FastifyReply, { type, body, brotli }: Asset): FastifyReply {
  void reply.type(type).header('vary', 'Origin, Accept-Encoding');
  if (!takesBrotli.test(String(headers['accept-encoding'] ?? ''))) return reply.send(body);
  return reply.header('content-encoding', 'br').send(brotli);
}
