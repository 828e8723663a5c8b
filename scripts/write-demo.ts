import { writeFileSync } from 'node:fs';
import { demoEstate } from '../simulator/estate/demo-estate.ts';

const { rows, settings, truth } = demoEstate();
const demo = new URL('../demo/', import.meta.url);
writeFileSync(
  new URL('estate.jsonl', demo),
  rows.map((row) => `${JSON.stringify(row)}\n`).join(''),
);
writeFileSync(new URL('portcullis.settings.json', demo), `${JSON.stringify(settings, null, 2)}\n`);
writeFileSync(
  new URL('truth.json', demo),
  `[\n${truth.map((entry) => `  ${JSON.stringify(entry)}`).join(',\n')}\n]\n`,
);
