export { CursorCodec } from './cursor-codec.js';
export { type Keyset, keysetAfter, keysetOrder } from './keyset.js';
export { nextLink, type Page, pageLimit, pageOf, pageQuery } from './page.js';
export { PaginationModule } from './pagination.module.js';
