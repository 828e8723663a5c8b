/** The texts of checks: paragraphs, with what is in backticks as code. */
export function Paragraphs({ text }: { readonly text: string }) {
  return text
    .split(/\n{2,}/)
    .map((paragraph) => (
      <p key={paragraph}>
        {paragraph
          .split('`')
          .map((part, index) => (index % 2 === 0 ? part : <code key={`${index}`}>{part}</code>))}
      </p>
    ));
}
