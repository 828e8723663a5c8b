import { MessageBar, MessageBarBody, MessageBarTitle } from '@fluentui/react-components';
import { useResource } from '../../api/use-resource.ts';
import { Card } from '../../shell/card.tsx';
import { CodeBlock } from '../../shell/code-block.tsx';
import { FactList } from '../../shell/fact-list.tsx';
import { Page } from '../../shell/page.tsx';
import { modeWords } from '../../wording/words.ts';
import styles from '../findings/finding-view.module.css';

/** The settings that hold now. They are changed where they are reviewed, not here. */
export function SettingsView() {
  const resource = useResource('/settings', {});
  return (
    <Page
      title="Settings"
      subtitle="As they were read; they are changed where they are reviewed, not here"
      resource={resource}
    >
      {({ source, settings, problems, maxMode, cloud, scanSchedule }) => (
        <div className={styles.parts}>
          {problems.length === 0 ? null : (
            <MessageBar intent="error" layout="multiline">
              <MessageBarBody>
                <MessageBarTitle>The settings cannot be used.</MessageBarTitle>
                <ul>
                  {problems.map((problem) => (
                    <li key={problem}>{problem}</li>
                  ))}
                </ul>
              </MessageBarBody>
            </MessageBar>
          )}
          <Card title="Where and how">
            <FactList
              facts={[
                ['Read from', source],
                ['At most', modeWords[maxMode]],
                ['Cloud', cloud],
                ['Scan schedule', <code key="schedule">{scanSchedule}</code>],
              ]}
            />
          </Card>
          {settings === null ? null : (
            <Card title="In effect, defaults filled in">
              <CodeBlock text={JSON.stringify(settings, null, 2)} what="the settings" />
            </Card>
          )}
        </div>
      )}
    </Page>
  );
}
