import { useState } from 'react';
import type { Snippets } from '../api/api-types.ts';
import { CodeBlock } from '../shell/code-block.tsx';
import { Tabs } from '../shell/tabs.tsx';

const names = { az: 'Azure CLI', bicep: 'Bicep', terraform: 'Terraform' } as const;
const tabs = (['az', 'bicep', 'terraform'] as const).map((value) => ({
  value,
  text: names[value],
}));

/** The same change as a person would make it, three ways. */
export function SnippetTabs({ snippets }: { readonly snippets: Snippets }) {
  const [kind, setKind] = useState<keyof typeof names>('az');
  return (
    <Tabs label="Language" tabs={tabs} chosen={kind} onChoose={setKind}>
      <CodeBlock text={snippets[kind]} what={`the change for ${names[kind]}`} />
    </Tabs>
  );
}
