/** A GUID with its dashes, whoever left them out; any other text as it is. */
export function dashedGuid(text: string): string {
  return text.replace(
    /^([\da-f]{8})([\da-f]{4})([\da-f]{4})([\da-f]{4})([\da-f]{12})$/i,
    '$1-$2-$3-$4-$5',
  );
}
