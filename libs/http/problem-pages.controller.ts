import { createHash } from 'node:crypto';
import { Controller, Get, Header, Param } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { SkipThrottle } from '@nestjs/throttler';
import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { Public } from '#libs/access';
import { findProblemType, type ProblemType, problemTypes, statusOf } from '#libs/problem';
import { RouteNotFound } from './problems.js';
import { Produces } from './route-settings.js';

const style =
  'body{font:1.1rem/1.6 system-ui,sans-serif;max-width:42rem;margin:3rem auto;padding:0 1rem;color:#1b1b1f;background:#fff}' +
  'code{font-family:ui-monospace,monospace;background:#ececf0;padding:.1em .3em}a{color:#0b57d0}' +
  '@media(prefers-color-scheme:dark){body{color:#e6e6ea;background:#16161a}code{background:#2a2a31}a{color:#9ec1ff}}';
const styleHash = createHash('sha256').update(style).digest('base64');
const policy = `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

class ProblemCode extends createZodDto(z.strictObject({ code: z.string().regex(/^[a-z.-]{3,64}$/) })) {}

/** The pages to which the `type` of a problem points, for people who read an answer. */
// A page costs little, and a caller who was refused for too many requests must be able to read the reason.
@SkipThrottle()
@ApiExcludeController()
@Controller('problems')
export class ProblemPagesController {
  @Get()
  @Public('the catalogue of error codes is documentation')
  @Produces('text/html')
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', policy)
  list(): string {
    const items = problemTypes().map(
      ({ code, kind, title }) =>
        `<li><a href="/problems/${code}"><code>${code}</code></a> ${statusOf[kind]} – ${escape(title)}`,
    );
    return page(
      'Problem types',
      `<p>Every error answer names one of these as its <code>code</code>.<ul>${items.join('')}</ul>`,
    );
  }

  @Get(':code')
  @Public('the explanation of an error is documentation')
  @Produces('text/html')
  @Header('content-security-policy', policy)
  @Header('content-type', 'text/html; charset=utf-8')
  show(@Param() { code }: ProblemCode): string {
    const type = findProblemType(code);
    if (!type) throw new RouteNotFound();
    return page(type.title, explanation(type));
  }
}

function explanation({ code, kind, help }: ProblemType): string {
  return `<p>${escape(help)}<p>Code <code>${code}</code>, status ${statusOf[kind]}. <a href="/problems">All problem types</a>`;
}

function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escape(title)}</title><style>${style}</style><main><h1>${escape(title)}</h1>${body}</main></html>`;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
