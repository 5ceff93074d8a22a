import { launch } from './supervisor/launch.js';

await launch();
