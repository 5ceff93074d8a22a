import type { ComponentChild } from 'preact';
import type { Permission } from '../data/session.js';

export interface Route {
  path: string;
  title: string;
  needs?: Permission;
  /** The keys that lead here. */
  keys?: string;
  /** Stands below this one in the navigation. */
  parent?: string;
  show: () => ComponentChild;
}

export interface DetailRoute {
  /** With one group: the id. */
  pattern: RegExp;
  parent: string;
  needs: Permission;
  show: (id: string) => ComponentChild;
}
