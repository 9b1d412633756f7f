import { expect, test } from "@jest/globals";
import { readTags, tagWords } from "../../../client/instances/tags.ts";

test.each([
  ["a tag without a value to it", ["env"], "--tag takes KEY=VALUE"],
  ["a tag without a key", ["=dev"], "--tag takes KEY=VALUE"],
  ["a key twice, of which no instance has two values", ["env=dev", "env=prod"], "--tag names env twice"],
  ["a key twice, with one value", ["__proto__=a", "__proto__=a"], "--tag names __proto__ twice"],
])("refused: %s", (_, given, message) => {
  expect(() => readTags(given)).toThrow(
    expect.objectContaining({ exitCode: 64, message: expect.stringContaining(message) }),
  );
});

test("the first equals sign divides, and a value may be empty or have lines", () => {
  const given = readTags(["env=dev", "a=b=c", "empty=", "lines=1\n2", "__proto__=x"]);
  expect(Object.entries(given)).toEqual([
    ["env", "dev"],
    ["a", "b=c"],
    ["empty", ""],
    ["lines", "1\n2"],
    ["__proto__", "x"],
  ]);
});

test.each([
  [
    "plain text is shown as it is",
    { env: "staging", "app.example.com/team": "web@1" },
    "env=staging, app.example.com/team=web@1",
  ],
  ["what could pass for another tag is quoted", { env: "dev, team=web" }, 'env="dev, team=web"'],
  ["and so is its quote", { env: 'dev", "team"="web' }, String.raw`env="dev\", \"team\"=\"web"`],
  ["an empty value is seen", { env: "" }, 'env=""'],
  ["spaces are not made one", { "a  b": " c" }, '"a  b"=" c"'],
  [
    "nothing reaches the terminal that it obeys or hides",
    { env: "\u001b[2J\u202e\n\ud800" },
    String.raw`env="\u001b[2J\u{202e}\n\ud800"`,
  ],
])("%s", (_, tags, words) => {
  expect(tagWords(tags)).toBe(words);
});
