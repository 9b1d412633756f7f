import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "@jest/globals";
import { consoleSettings } from "../../lib/console-settings.ts";
import { readSettings } from "../../lib/settings.ts";
import { withCloudFront } from "../support/template-settings.ts";

const text = readFileSync(path.resolve(import.meta.dirname, "../../docs/console.md"), "utf8");
const [, page = ""] = /^## Deploying it\n([\s\S]*?)^## /m.exec(text) ?? [];

test("the page explains every setting of the console", () => {
  const { cloudFront, ...others } = consoleSettings.shape;
  const known = [...Object.keys(others), ...Object.keys(cloudFront.unwrap().shape).map((name) => `cloudFront.${name}`)];
  const explained = [...page.matchAll(/^\| `([\w.]+)` \| /gm)].map(([, name]) => name);
  expect(explained.sort()).toEqual(known.sort());
});

test("its examples are settings", () => {
  const examples = [...page.matchAll(/```json\n("console"[\s\S]*?)\n```/g)].map(([, text]) => JSON.parse(`{${text}}`));
  expect(examples).toHaveLength(2);
  for (const example of examples) {
    expect(readSettings({ identities: withCloudFront.identities, ...example })).toMatchObject(example);
  }
});
