import { Module } from '@nestjs/common';
import { ApiDescription, DocsController } from './docs.controller.js';

/** The description of the API, unless `API_DOCS` switches it off. */
@Module({ controllers: [DocsController], providers: [ApiDescription] })
export class DocsModule {}
