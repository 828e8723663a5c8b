/** The published service tag list, or its absence. Names compare without regard to case. */
export interface ServiceTags {
  /** Whether a list was read at all. */
  readonly listed: boolean;
  /** Address prefixes of a tag, or undefined where the list (if any) does not name it. */
  prefixes(tag: string): readonly string[] | undefined;
}
