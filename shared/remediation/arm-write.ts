/** One request to Azure Resource Manager that changes something. */
export interface ArmWrite {
  readonly method: 'PUT' | 'DELETE';
  /** Path and query, without the host, which depends on the cloud. */
  readonly url: string;
  readonly body?: Readonly<Record<string, unknown>>;
  /** The resource's ETag when it was read last; null where the resource has none. */
  readonly ifMatch: string | null;
}

/** What came of a request that changes something. */
export type WriteAnswer =
  /** Something is there that was not: ours. */
  | { readonly kind: 'made' }
  /** It was there before, under our name or in effect; it is nobody's to take back. */
  | { readonly kind: 'alreadyThere' }
  /** Another operation is under way, or too many requests: worth another try. */
  | { readonly kind: 'busy'; readonly says: string }
  /** It may not be done: a lock, a policy, a missing permission, a principal that does not exist. */
  | { readonly kind: 'refused'; readonly says: string }
  /** The answer was lost: it may have been done or not. */
  | { readonly kind: 'lost'; readonly says: string };

/** Azure Resource Manager, as the one identity that may change something. */
export interface AzureWriter {
  /**
   * The properties of what a request speaks of, as they are now; undefined where there is nothing.
   * @throws Error where that cannot be read.
   */
  read(request: ArmWrite): Promise<Readonly<Record<string, unknown>> | undefined>;
  /** Sends a request once, waits until Azure is done with it, and says what came of it. */
  send(request: ArmWrite): Promise<WriteAnswer>;
}
