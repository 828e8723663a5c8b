/** The queries for Azure Monitor, read by Microsoft's own parser against the tables they are asked of. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { customEvent } from '../../shared/alerts/custom-event.ts';
import { bindQuery } from '../../simulator/kql/kusto-parser.ts';
import { madeUpAlert } from '../alerts/made-up-alert.ts';

const folder = join(import.meta.dirname, '../../infra/alerts');
const textOf = (name: string) => readFileSync(join(folder, name), 'utf8');
const queries = readdirSync(folder).filter((name) => name.endsWith('.kql'));

/** https://learn.microsoft.com/azure/azure-monitor/app/data-model-complete, as Application Insights' own queries see them. */
const tables = {
  customEvents:
    '(timestamp: datetime, name: string, itemType: string, customDimensions: dynamic, customMeasurements: dynamic, operation_Id: string)',
  requests:
    '(timestamp: datetime, id: string, name: string, success: string, duration: real, operation_Id: string, operation_ParentId: string, customDimensions: dynamic)',
};

describe('the queries', () => {
  test.each(queries)('%s means something', (name) => {
    expect(bindQuery(textOf(name), tables)).toEqual([]);
  });

  test('that ask for a column that is not there would be noticed', () => {
    expect(bindQuery('customEvents | where colour == 1', tables)).not.toEqual([]);
    expect(bindQuery('customEvents | wher name == "x"', tables)).not.toEqual([]);
  });

  test.each(queries)('%s asks for what alerts have', (name) => {
    const { properties, measurements } = customEvent(madeUpAlert());
    const has = new Set([...Object.keys(properties), ...Object.keys(measurements), 'id']);
    const asked = [...textOf(name).matchAll(/custom(?:Dimensions|Measurements)\.(\w+)/g)];
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.map(([, field = '']) => field).filter((field) => !has.has(field))).toEqual([]);
  });
});

test('the workbook asks the same queries', () => {
  const workbook: { readonly items: readonly { name: string; content: { query: string } }[] } =
    JSON.parse(textOf('workbook.json'));
  for (const { name, content } of workbook.items) expect(content.query).toBe(textOf(`${name}.kql`));
  expect(workbook.items.length).toBeGreaterThan(2);
});

test('the rule asks the query of what fires, and splits by columns that it has', () => {
  const rule = textOf('alert-rule.bicep');
  expect(rule).toContain("loadTextContent('firing.kql')");
  const dimensions = [...rule.matchAll(/name: '(\w+)', operator/g)].map(([, name = '']) => name);
  expect(dimensions.length).toBe(4);
  for (const name of dimensions) expect(textOf('firing.kql')).toMatch(new RegExp(`\\b${name}\\b`));
});
