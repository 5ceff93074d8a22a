export { callingNetwork, findContext, runInContext, type Usage, type WorkContext } from './context.js';
