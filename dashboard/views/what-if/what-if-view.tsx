import {
  Button,
  Field,
  Input,
  MessageBar,
  MessageBarBody,
  MessageBarTitle,
  Textarea,
} from '@fluentui/react-components';
import { useState } from 'react';
import type { WhatIf } from '../../api/api-types.ts';
import type { Trouble } from '../../api/problem.ts';
import { send } from '../../api/send.ts';
import { oneOf } from '../../routing/query.ts';
import { useQuery } from '../../routing/use-query.ts';
import { Card } from '../../shell/card.tsx';
import { Loading } from '../../shell/loading.tsx';
import { Page } from '../../shell/page.tsx';
import styles from './what-if-view.module.css';
import { WhatIfAnswer } from './what-if-answer.tsx';
import { exampleRule, pastedRule } from './rule-text.ts';

const known = { data: true, readAt: undefined, trouble: undefined, retry: () => undefined };
const isGroupId =
  /^\/subscriptions\/[^/]+\/resourcegroups\/[^/]+\/providers\/microsoft\.network\/networksecuritygroups\/[^/]+$/i;

/** Paste a rule, see which clusters it would break. Nothing is changed. */
export function WhatIfView() {
  const [search, change] = useQuery();
  const [rule, setRule] = useState('');
  const [isTried, setTried] = useState(false);
  const [isAsking, setAsking] = useState(false);
  const [answer, setAnswer] = useState<WhatIf>();
  const [trouble, setTrouble] = useState<Trouble>();
  const group = oneOf(search, 'nsg') ?? '';
  const pasted = pastedRule(rule);
  const groupProblem = isGroupId.test(group.trim())
    ? undefined
    : 'Give the id of the group, from /subscriptions/ to its name.';
  const ruleProblem = 'problem' in pasted ? pasted.problem : undefined;

  const ask = async (): Promise<void> => {
    setTried(true);
    if (groupProblem !== undefined || 'problem' in pasted || isAsking) return;
    setAsking(true);
    setTrouble(undefined);
    setAnswer(undefined);
    const sent = await send(
      '/what-if',
      {},
      { networkSecurityGroup: group.trim(), rule: pasted.rule },
    );
    setAsking(false);
    if ('trouble' in sent) setTrouble(sent.trouble);
    else setAnswer(sent.answer);
  };

  return (
    <Page
      title="What if"
      subtitle="Which clusters would a rule break or mend? Nothing is changed."
      resource={known}
    >
      {() => (
        <div className={styles.parts}>
          <Card title="The rule">
            <form
              className={styles.form}
              onSubmit={(event) => {
                event.preventDefault();
                void ask();
              }}
            >
              <Field
                label="Network security group"
                required
                validationState={isTried && groupProblem !== undefined ? 'error' : 'none'}
                validationMessage={isTried ? (groupProblem ?? '') : ''}
              >
                <Input
                  value={group}
                  placeholder="/subscriptions/…/networkSecurityGroups/…"
                  onChange={(_, { value }) => change({ nsg: value })}
                />
              </Field>
              <Field
                label="Security rule, or the whole group, as JSON"
                required
                validationState={isTried && ruleProblem !== undefined ? 'error' : 'none'}
                validationMessage={isTried ? (ruleProblem ?? '') : ''}
              >
                <Textarea
                  className={styles.rule}
                  resize="vertical"
                  rows={14}
                  value={rule}
                  spellCheck={false}
                  onChange={(_, { value }) => setRule(value)}
                />
              </Field>
              <div className={styles.buttons}>
                <Button appearance="primary" type="submit" disabledFocusable={isAsking}>
                  {isAsking ? 'Being judged' : 'Show what it would do'}
                </Button>
                <Button type="button" onClick={() => setRule(exampleRule)}>
                  Fill in an example
                </Button>
              </div>
            </form>
          </Card>
          <div aria-live="polite" className={styles.parts}>
            {isAsking ? <Loading lines={5} /> : null}
            {trouble === undefined ? null : (
              <MessageBar intent="error" layout="multiline">
                <MessageBarBody>
                  <MessageBarTitle>{trouble.error}</MessageBarTitle>
                  {trouble.next}
                </MessageBarBody>
              </MessageBar>
            )}
            {answer === undefined ? null : <WhatIfAnswer answer={answer} />}
          </div>
        </div>
      )}
    </Page>
  );
}
