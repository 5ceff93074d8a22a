export { callingNetwork, findContext, runInContext, type WorkContext } from './context.js';
