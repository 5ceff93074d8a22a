export { FileStore, type StagedFile, type StageOptions, type StoredFile } from './file-store.js';
export { FilesModule } from './files.module.js';
export { FileNotFound, FileTooLarge } from './problems.js';
export { Upload, UploadedFile } from './upload.js';
