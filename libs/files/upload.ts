import { Readable } from 'node:stream';
import {
  applyDecorators,
  type CallHandler,
  createParamDecorator,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  SetMetadata,
  UseInterceptors,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ApiBody } from '@nestjs/swagger';
import { lastValueFrom, type Observable, of } from 'rxjs';
import type { RequestContext } from '#libs/access';
import { CallerQuota, callerKeyOf, Consumes } from '#libs/http';
import { FileStore, type StagedFile } from './file-store.js';
import { formDigest, formType, maxEnvelopeBytes, readForm } from './form.js';
import { UploadMissing } from './problems.js';

interface UploadRule {
  mediaType: string;
  maxBytes: number;
}

/** The metadata key of an {@link UploadRule}. */
const uploadRule = Symbol('upload rule');

/** Uploads that arrive at a time. Each holds some chunks of a file in memory, about 1 MB. */
const arrivingLimits = { perCaller: 4, perProcess: 50 };

/** Counts them for the whole process, whichever module has the route. */
@Injectable()
export class ArrivingUploads extends CallerQuota {
  constructor() {
    super(arrivingLimits);
  }
}

interface Staged {
  file: StagedFile;
  /** A digest that is equal for requests with equal content. */
  digest: Buffer;
}

interface UploadRequest {
  work: RequestContext;
  body: unknown;
  headers: { 'content-type'?: string };
  /** The digest that replaces the body in the fingerprint of an idempotent request: the body is a stream that was read. */
  contentDigest?: Buffer;
  uploadedFile?: StagedFile;
}

/**
 * Declares that the request body is a file of this media type, or a form with the file as its only part `file`. The file is
 * staged before the handler runs. The type in a form is not checked: browsers take it from a table of their system.
 */
export const Upload = (rule: UploadRule): MethodDecorator =>
  applyDecorators(
    SetMetadata(uploadRule, rule),
    UseInterceptors(UploadInterceptor),
    Consumes([rule.mediaType, formType], rule.maxBytes + maxEnvelopeBytes),
    ApiBody({ required: true, schema: { type: 'string', format: 'binary' } }),
  );

/** Injects the staged file of an {@link Upload} route. A file that the handler does not adopt is deleted after it. */
export const UploadedFile = createParamDecorator(
  (_: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<UploadRequest>().uploadedFile,
);

/** Stages the file of an upload. It runs before the idempotency interceptor: a slow upload must not keep a transaction open. */
@Injectable()
class UploadInterceptor implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    private readonly files: FileStore,
    private readonly arriving: ArrivingUploads,
  ) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const rule = this.reflector.get<UploadRule>(uploadRule, context.getHandler());
    const request = context.switchToHttp().getRequest<UploadRequest>();
    const { file, digest } = await this.#stageWithin(request, rule);
    request.contentDigest = digest;
    request.uploadedFile = file;
    try {
      return of(await lastValueFrom(next.handle(), { defaultValue: undefined }));
    } finally {
      // After a failure or a replay the file is not adopted; after a success there is nothing to delete.
      await this.files.discard(file.id);
    }
  }

  /** Stages within the limits of arriving uploads: they hold their places for as long as the senders take. */
  async #stageWithin(request: UploadRequest, rule: UploadRule): Promise<Staged> {
    const caller = callerKeyOf(request.work);
    const refusal = this.arriving.refusalOf(caller);
    if (refusal) throw refusal;
    this.arriving.add(caller);
    try {
      return await this.#stage(request, rule);
    } finally {
      this.arriving.delete(caller);
    }
  }

  async #stage({ body, headers }: UploadRequest, rule: UploadRule): Promise<Staged> {
    if (!(body instanceof Readable)) throw new UploadMissing();
    const contentType = headers['content-type'] ?? '';
    if (!contentType.toLowerCase().startsWith(formType)) {
      const file = await this.files.stage(body as AsyncIterable<Uint8Array>, rule);
      return { file, digest: file.sha256 };
    }
    const part = await readForm(body, contentType, rule.maxBytes);
    const file = await this.files.stage(part.content, rule);
    return { file, digest: formDigest(part, file.sha256) };
  }
}
