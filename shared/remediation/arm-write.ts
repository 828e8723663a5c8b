/** One request to Azure Resource Manager that changes something. */
export interface ArmWrite {
  readonly method: 'PUT' | 'DELETE';
  /** Path and query, without the host, which depends on the cloud. */
  readonly url: string;
  readonly body?: Readonly<Record<string, unknown>>;
  /** The resource's ETag when it was read last; null where the resource has none. */
  readonly ifMatch: string | null;
}
