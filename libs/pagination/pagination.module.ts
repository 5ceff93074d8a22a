import { Module } from '@nestjs/common';
import { CursorCodec } from './cursor-codec.js';

@Module({ providers: [CursorCodec], exports: [CursorCodec] })
export class PaginationModule {}
