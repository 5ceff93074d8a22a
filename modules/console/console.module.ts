import { Module } from '@nestjs/common';
import { ConsoleController } from './console.controller.js';

/** The console's own route: for the API. Its pages are files, which apps/api serves. */
@Module({ controllers: [ConsoleController] })
export class ConsoleHttpModule {}
