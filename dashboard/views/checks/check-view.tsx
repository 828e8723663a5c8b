import { Link } from '@fluentui/react-components';
import { useResource } from '../../api/use-resource.ts';
import { SeverityMark } from '../../marks/severity-mark.tsx';
import { AppLink } from '../../routing/app-link.tsx';
import { changedQuery } from '../../routing/query.ts';
import { pathTo } from '../../routing/route.ts';
import { Card } from '../../shell/card.tsx';
import { FactList } from '../../shell/fact-list.tsx';
import { Page } from '../../shell/page.tsx';
import { Paragraphs } from '../../shell/paragraphs.tsx';
import { modeWords, remediationKinds } from '../../wording/words.ts';
import styles from '../findings/finding-view.module.css';

/** One check: why it matters, and what to do when it fails. */
export function CheckView({ checkId }: { readonly checkId: string }) {
  const resource = useResource('/checks/{checkId}', { path: { checkId } });
  return (
    <Page
      title={resource.data?.title ?? 'Check'}
      subtitle={checkId}
      crumbs={[{ text: 'Checks', href: pathTo('checks') }]}
      resource={resource}
    >
      {(check) => (
        <div className={styles.parts}>
          <Card
            title="Why it matters"
            more={
              <AppLink href={pathTo('clusters') + changedQuery('', { check: check.id })}>
                Clusters where it fails
              </AppLink>
            }
          >
            <Paragraphs text={check.description} />
          </Card>
          <Card title="What to do when it fails">
            <Paragraphs text={check.advice} />
          </Card>
          <Card title="In this installation">
            <FactList
              facts={[
                ['Severity', <SeverityMark key="severity" severity={check.effectiveSeverity} />],
                ['Runs', check.enabled ? 'yes' : 'no, the settings switch it off'],
                ['Applies to', check.appliesTo.map((type) => computeWords[type]).join(', ')],
                ['Put right', remediationKinds[check.remediation]],
                ['Mode', modeWords[check.mode]],
                [
                  'Source',
                  <Link key="source" href={check.source} target="_blank" rel="noreferrer">
                    {check.source}
                  </Link>,
                ],
              ]}
            />
          </Card>
        </div>
      )}
    </Page>
  );
}

const computeWords = {
  AKS: 'compute of type AKS (v1)',
  Kubernetes: 'compute of type Kubernetes (v2)',
} as const;
