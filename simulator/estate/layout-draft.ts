/** What layout scenarios decide of a cluster. */
export interface LayoutDraft {
  /** The service that a subnet is delegated to, by subnet id. */
  readonly delegations: Map<string, string>;
}

export function newLayout(): LayoutDraft {
  return { delegations: new Map() };
}
