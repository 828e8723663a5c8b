import type { HttpRequest } from '@azure/functions';

/** The body of a request as text; undefined where it is longer than so many bytes, the rest unread. */
export async function boundedText(
  { headers, body }: HttpRequest,
  longest: number,
): Promise<string | undefined> {
  if (Number(headers.get('content-length') ?? '0') > longest) return undefined;
  const decoder = new TextDecoder();
  let text = '';
  let length = 0;
  for await (const chunk of body ?? []) {
    const bytes = Buffer.from(chunk);
    length += bytes.length;
    if (length > longest) return undefined;
    text += decoder.decode(bytes, { stream: true });
  }
  return text + decoder.decode();
}
