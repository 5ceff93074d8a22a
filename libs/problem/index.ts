export { type ProblemDocument, problemDocument } from './document.js';
export {
  defineProblem,
  type ValidationError,
  findProblemType,
  type ProblemKind,
  Problem,
  type ProblemType,
  problemTypes,
  statusOf,
} from './problem.js';
