export { Files, type StagedFile, type StoredFile } from './files.js';
export { FilesModule } from './files.module.js';
export { FileMissing, FileTooLarge } from './problems.js';
export { Upload, UploadedFile, UploadInterceptor } from './upload.js';
