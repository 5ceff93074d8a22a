import { Controller, Get, Param } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { SkipThrottle } from '@nestjs/throttler';
import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { Public } from '#libs/access';
import { findProblemType, type ProblemType, problemTypes, statusOf } from '#libs/problem';
import { type Html, html } from './html.js';
import { pageResponse } from './page.js';
import { RouteNotFound } from './problems.js';
import type { FinalResponse } from './response.js';
import { Produces } from './route-settings.js';

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
  list(): FinalResponse {
    const items = problemTypes().map(
      ({ code, kind, title }) =>
        html`<li>
          <a href="/problems/${code}"><code>${code}</code></a> ${statusOf[kind]} &ndash; ${title}
        </li>`,
    );
    return pageResponse({
      title: 'Problem types',
      body: html`<p>Every error answer names one of these as its <code>code</code>.</p>
        <ul>
          ${items}
        </ul>`,
    });
  }

  @Get(':code')
  @Public('the explanation of an error is documentation')
  @Produces('text/html')
  show(@Param() { code }: ProblemCode): FinalResponse {
    const type = findProblemType(code);
    if (!type) throw new RouteNotFound();
    return pageResponse({ title: type.title, body: explanation(type) });
  }
}

function explanation({ code, kind, help }: ProblemType): Html {
  return html`<p>${help}</p>
    <p>Code <code>${code}</code>, status ${statusOf[kind]}. <a href="/problems">All problem types</a></p>`;
}
