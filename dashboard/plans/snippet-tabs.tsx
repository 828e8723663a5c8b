import { Tab, TabList } from '@fluentui/react-components';
import { useState } from 'react';
import type { Snippets } from '../api/api-types.ts';
import { CodeBlock } from '../shell/code-block.tsx';
import styles from './snippet-tabs.module.css';

const kinds = ['az', 'bicep', 'terraform'] as const;
const names = { az: 'Azure CLI', bicep: 'Bicep', terraform: 'Terraform' } as const;

/** The same change as a person would make it, three ways. */
export function SnippetTabs({ snippets }: { readonly snippets: Snippets }) {
  const [kind, setKind] = useState<(typeof kinds)[number]>('az');
  return (
    <div>
      <TabList
        className={styles.tabs}
        selectedValue={kind}
        size="small"
        onTabSelect={(_, { value }) => setKind(kinds.find((one) => one === value) ?? 'az')}
      >
        {kinds.map((one) => (
          <Tab key={one} value={one}>
            {names[one]}
          </Tab>
        ))}
      </TabList>
      <div role="tabpanel" aria-label={names[kind]}>
        <CodeBlock text={snippets[kind]} what={`the change for ${names[kind]}`} />
      </div>
    </div>
  );
}
