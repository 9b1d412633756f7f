/** What a change must find: one of these versions, or that nothing has been set yet. */
export type Precondition = { readonly revisions: readonly string[] } | { readonly isUnset: true };

/** Something with a version. A response of the API has it as its ETag. */
export interface Versioned {
  /** Differs after every change. Says nothing to clients. */
  readonly revision: string;
}
