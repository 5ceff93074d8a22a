// @nestjs/throttler is CommonJS and requires the ES modules of Nest. Node can; jest can only when they are loaded already.
import '@nestjs/common';
import '@nestjs/core';
