// Holds a dashboard to a JSON Schema. usage: node check_model.mjs SCHEMA.json DASHBOARD.json
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const [schema, dashboard] = process.argv.slice(2).map((file) => JSON.parse(fs.readFileSync(file, 'utf8')));
const { default: Ajv } = createRequire(path.resolve('package.json'))('ajv');
const check = new Ajv({ allErrors: true, strict: false }).compile(schema);
if (!check(dashboard)) {
  // Of a panel that fits no kind, each kind's complaint.
  for (const { instancePath, message, params } of check.errors) console.error(`${instancePath}: ${message} ${JSON.stringify(params)}`);
  process.exit(1);
}
