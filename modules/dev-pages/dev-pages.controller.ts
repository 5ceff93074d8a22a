import { Controller, Get, Query, Req } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { ApiExcludeController } from '@nestjs/swagger';
import { SkipThrottle } from '@nestjs/throttler';
import type { FastifyRequest } from 'fastify';
import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { Public } from '#libs/access';
import { Config } from '#libs/config';
import { type FinalResponse, html, type HttpAdapter, pageResponse, Produces } from '#libs/http';
import { accountPages, secondFactorPage } from './account-pages.js';
import { developmentHeader } from './development-header.js';
import type { FormPage } from './form.js';
import { formPageResponse } from './form-page.js';
import { frontPageResponse } from './front-page.js';
import { tokenPages } from './token-pages.js';

/** Returns the pages with forms, by their paths. Without a mailbox, a mail server has the mails. */
const formPages = (hasMailbox: boolean) =>
  new Map<string, FormPage>([
    ...Object.entries(tokenPages).map(([name, page]) => [`/${name}`, page] as const),
    ...Object.entries(accountPages({ hasMailbox })).map(([name, page]) => [`/dev/${name}`, page] as const),
  ]);

/** A path of this server: with two slashes, or a backslash, it would be another one (WHATWG URL). */
const ownPath = z
  .string()
  .max(1024)
  .regex(/^\/(?![/\\])/);
class SecondFactorQuery extends createZodDto(
  z.strictObject({ return_to: ownPath.default('/dev/account') }),
) {}
class AuthErrorQuery extends createZodDto(
  z.strictObject({ code: z.string().max(64), request_id: z.string().max(64).optional() }),
) {}

/**
 * The pages that a product's front end replaces. In development APP_URL leads to them by default, so that the links of mails and
 * the ways back from a provider end on a page.
 */
@ApiExcludeController()
@SkipThrottle() // Developers go back and forth between these pages; what their forms call is limited.
@Controller()
export class DevPagesController {
  readonly #formPages: Map<string, FormPage>;

  constructor(
    private readonly config: Config,
    private readonly host: HttpAdapterHost<HttpAdapter>,
  ) {
    this.#formPages = formPages(config.SMTP_URL === undefined);
  }

  @Get()
  @Public('development only: production answers 404 here')
  @Produces('text/html')
  front(): FinalResponse {
    const hasConsole = this.host.httpAdapter.registeredRoutes.some(({ url }) => /^\/console\b/.test(url));
    return frontPageResponse(this.config, { hasConsole });
  }

  @Get([...formPages(true).keys()])
  @Public('development only: production has a front end for it')
  @Produces('text/html')
  form(@Req() { routeOptions: { url = '' } }: FastifyRequest): FinalResponse {
    return formPageResponse(this.config, url, this.#formPages.get(url)!);
  }

  @Get('second-factor')
  @Public('development only: production has a front end for it')
  @Produces('text/html')
  secondFactor(@Query() { return_to }: SecondFactorQuery): FinalResponse {
    return formPageResponse(this.config, '/second-factor', secondFactorPage(return_to));
  }

  @Get('auth-error')
  @Public('development only: production has a front end for it')
  @Produces('text/html')
  authError(@Query() { code, request_id }: AuthErrorQuery): FinalResponse {
    return pageResponse({
      title: 'Signing in did not work',
      header: developmentHeader(this.config, '/auth-error'),
      body: html`<p>
          The provider led back here with the code <code>${code}</code>. docs/openid.md explains the codes.
        </p>
        ${request_id !== undefined && html`<p class="note">What exactly was wrong stands in the log, in the line with <code>"request_id":"${request_id}"</code>.</p>`}
        <p><a href="/dev/sign-in">Sign in another way</a></p>`,
    });
  }
}
