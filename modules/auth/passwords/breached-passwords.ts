// A file of its own, so that an import() of it leaves the list unread until it is needed. The bundler gives an import() of a
// CommonJS package no names.
export { dictionary } from '@zxcvbn-ts/language-common';
