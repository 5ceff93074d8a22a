import {
  applyDecorators,
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  UseInterceptors,
} from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { firstValueFrom, from, type Observable } from 'rxjs';
import { Config } from '#libs/config';
import { FinalResponse, present } from '#libs/http';
import { AnswerCache } from './answer-cache.js';

/** Milliseconds for which the bytes of an answer are given again. Consoles ask every five seconds. */
const keptMs = 3000;

const json = { 'content-type': 'application/json; charset=utf-8' };

/**
 * Gives all who ask for the same address within a moment the same bytes: one look, one encoding, however many consoles are open. Guards
 * come before it, so everybody still needs the right to ask. Only for answers that are the same for everybody who may have them.
 */
@Injectable()
class SharedAnswerInterceptor implements NestInterceptor {
  readonly #answers = new AnswerCache<Buffer>();

  constructor(private readonly config: Config) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<FinalResponse> {
    const http = context.switchToHttp();
    const { url } = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const answer = this.#answers.get(url, keptMs, async () =>
      Buffer.from(
        JSON.stringify(present(await firstValueFrom(next.handle()), reply, this.config.PUBLIC_URL)),
      ),
    );
    return from(answer.then((bytes) => new FinalResponse(200, json, bytes)));
  }
}

/** On a controller whose answers are the same for everybody who may ask. */
export const SharedAnswers = () => applyDecorators(UseInterceptors(SharedAnswerInterceptor));
