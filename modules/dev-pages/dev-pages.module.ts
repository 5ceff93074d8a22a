import { Module } from '@nestjs/common';
import { DevPagesController } from './dev-pages.controller.js';

/** Pages in place of a front end, for an API in development and never in production. */
@Module({ controllers: [DevPagesController] })
export class DevPagesModule {}
