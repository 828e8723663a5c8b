/**
 * A report was saved, and what the storage account holds in its place is no longer what was saved:
 * the account answers, and the next scan puts it right. The message is a sentence that names the blob.
 */
export class UnreadableReportError extends Error {
  override readonly name = 'UnreadableReportError';
}
