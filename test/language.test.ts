import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "@jest/globals";

/** A word that docs/glossary.md or the field has a better one for. */
interface Habit {
  readonly pattern: RegExp;
  readonly use: string;
  /** Files that may keep it, and why. */
  readonly except?: readonly (readonly [file: RegExp, reason: string])[];
}

const habits: readonly Habit[] = [
  { pattern: /wish/i, use: "connection options, or request" },
  { pattern: /judg/i, use: "evaluate, evaluation" },
  { pattern: /askAtOnce/, use: "gatherInputs" },
  { pattern: /(?<![a-z])waves?(?![a-z])|[a-z]Waves?(?![a-z])/i, use: "round trip" },
  { pattern: /writeInRounds|\bin rounds\b/, use: "retryOnConflict" },
  {
    pattern: /(?<![a-z-])touch(es|ed|ing)?(?![a-z-])|touchAccess/i,
    use: "reserve, reservation; change or reach",
    except: [[/^test\/local\/instances\//, "touch(1) is a command of the shell"]],
  },
  {
    pattern: /(?<![a-z])slots?(?![a-z])|[a-z]Slots?(?![a-z])/i,
    use: "access target",
    except: [
      [/^lib\/build\/(check|compile)-/, "Cedar calls the open part of a template its slot"],
      [
        /^(lambda\/(access|connect|aws)|test\/(lambda|property|support))\//,
        "a slot holds one of a subject's requests for tags",
      ],
    ],
  },
  { pattern: /\bStretch\b|beginningOf/, use: "KeyRange, lowerBound" },
  { pattern: /answerOnce|\bRepeatable\b/, use: "idempotent, IdempotentOperation" },
  {
    pattern:
      /\b(an?|the|its|our|this|that|each|every|no|same|such|first|one|of) answers?\b|[a-z]Answers?(?![a-z])|\banswers?[A-Z]|\b(const|let) answers?\b/,
    use: "response",
    except: [[/^lambda\/policy\/engine\.ts$/, "AuthorizationAnswer is a type of Cedar's package"]],
  },
  { pattern: /\bon record\b|\bonRecord/, use: "recorded, record" },
  { pattern: /settledAt/, use: "noPushesAfter" },
  { pattern: /waysTo/, use: "routeOptions, route option" },
  { pattern: /\bmend(s|ed|ing)?\b/i, use: "fix" },
  { pattern: /\bbegun\b/i, use: "started" },
  { pattern: /\banew\b/i, use: "again" },
  { pattern: /\b(is|are|was|were) over\b(?! \d)/i, use: "has ended" },
  { pattern: /\bliv(es?|ed|ing) out\b/i, use: "stays valid for" },
  { pattern: /\bto the letter\b/i, use: "exactly" },
  { pattern: /\bin some seconds\b/i, use: "in a few seconds" },
  { pattern: /\bwhoever\b/i, use: "anyone who, or if somebody" },
  { pattern: /\bwhatever\b/i, use: "whether or not, all that, any" },
  { pattern: /\balarms? (rings?|rang)\b|\brings? for\b|\brung\b/i, use: "fires" },
  { pattern: /\bcarr(y|ies|ied) (a|the|this|that) connections?\b/i, use: "a connection is made under a request" },
  {
    pattern: /[Pp]olicy (is|was) asked|[Pp]olicy wants|\bask(s|ed)? policy\b/,
    use: "policy is evaluated, policy requires",
  },
  { pattern: /Nothing signed/, use: "Missing signature" },
  { pattern: /No way to the instance/, use: "Instance unreachable" },
  { pattern: /\bOut of time\b/, use: "Upstream timed out" },
  { pattern: /\bhas one word\b/, use: "has already reviewed" },
  { pattern: /[Bb]ehind API Gateway's own/, use: "an execute-api URL must include the stage" },
  { pattern: /\bis no token\b/, use: "is not a valid token" },
  { pattern: /\bis no time that\b/, use: "invalid --duration" },
  { pattern: /nothing was said/i, use: "not confirmed" },
  { pattern: /the request is as it was/, use: "the request is unchanged" },
  { pattern: /Do you approve\?/, use: "Approve this request?" },
  { pattern: /this should not have happened/i, use: "internal error" },
  {
    pattern: /openTunnel/,
    use: "presignTunnel",
    except: [
      [
        /^(client|sdk|web|local|lib|docs|examples|bench|test)\//,
        "a client opens tunnels, and AWS's path is /openTunnel",
      ],
      [/^lambda\/aws\/ec2-instance-connect\//, "AWS's path is /openTunnel"],
    ],
  },
];

/** This check, which names the words. */
const itself = "test/language.test.ts";

/** Words. */
const longestSentence = 35;

const root = path.resolve(import.meta.dirname, "..");
const folders = [
  "bench",
  "bin",
  "cdk",
  "client",
  "contract",
  "docs",
  "examples",
  "lambda",
  "lib",
  "local",
  "policies",
  "sdk",
  "smoke",
  "ssh-format",
  "test",
  "web",
];
const texts = new Map(
  [...readdirSync(root), ...folders.flatMap(filesOf)]
    .filter((file) => /\.(tsx?|mjs|cedar|cedarschema|sh|md|txt)$/.test(file) || file === "budget.json")
    .filter((file) => file !== itself && !/\/(?:node_modules|generated)\//.test(file)) // others' text
    .map((file) => [file, readFileSync(path.join(root, file), "utf8")]),
);
const pages = [...texts].filter(([file]) => /^(docs\/.*|[^/]*)\.md$/.test(file));

function filesOf(folder: string): string[] {
  try {
    return readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" }).map((file) =>
      path.join(folder, file),
    );
  } catch {
    return [];
  }
}

/** Each line of a text that has a word of `habits`, with what to say instead. */
function habitsIn(file: string, text: string): string[] {
  const applying = habits.filter(({ except = [] }) => !except.some(([allowed]) => allowed.test(file)));
  return text.split("\n").flatMap((line, index) =>
    applying.flatMap(({ pattern, use }) => {
      const found = pattern.exec(line)?.[0];
      return found === undefined ? [] : [`${file}:${index + 1}: "${found}" → ${use}`];
    }),
  );
}

/** The sentences of a page: paragraphs, items and cells of tables, without code blocks. A span of code or a link is one word. */
function sentencesOf(page: string): string[] {
  const prose = page.replace(/^```[\s\S]*?^```$/gm, "").replace(/^ +```[\s\S]*?^ +```$/gm, "");
  return prose
    .replace(/^\|.*\|$/gm, (row) => row.split(/(?<!\\)\|/).join("\n\n"))
    .split(/\n\s*\n|\n(?= *(?:[-*]|\d+\.) )|^#.*$/m)
    .flatMap((block) =>
      block
        .replace(/`[^`]*`/g, "CODE")
        .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
        .replace(/\*\*/g, "")
        .split(/(?<=[.!?…][)"']?)\s+(?=[^a-z])/),
    )
    .map((sentence) => sentence.replace(/\s+/g, " ").trim());
}

const wordsOf = (sentence: string) => sentence.split(" ").filter((word) => /\w/.test(word)).length;
const longSentencesOf = (page: string) => sentencesOf(page).filter((sentence) => wordsOf(sentence) > longestSentence);

describe("code and docs use the words of the glossary", () => {
  const top = (file: string) => file.split("/").slice(0, -1).slice(0, 2).join("/") || ".";
  const found = [...texts].map(([file, text]) => ({ folder: top(file), habits: habitsIn(file, text) }));
  test.each([...new Set(found.map(({ folder }) => folder))])("in %s", (folder) => {
    expect(found.filter((one) => one.folder === folder).flatMap((one) => one.habits)).toEqual([]);
  });
});

describe(`a sentence of the docs has at most ${longestSentence} words`, () => {
  test.each(pages)("in %s", (_, text) => {
    expect(longSentencesOf(text)).toEqual([]);
  });
});

describe("the check itself", () => {
  test("finds a word in a name, a comment and a message", () => {
    const text = 'const judgeWish = 1;\n// Whoever asks.\nthrow new Error("Do you approve?");';
    expect(habitsIn("lambda/a.ts", text).map((line) => line.split(" ")[0])).toEqual([
      "lambda/a.ts:1:",
      "lambda/a.ts:1:",
      "lambda/a.ts:2:",
      "lambda/a.ts:3:",
    ]);
  });
  test("allows an exception in its own files only", () => {
    expect(habitsIn("sdk/a.ts", "openTunnel()")).toEqual([]);
    expect(habitsIn("lambda/connect/a.ts", "openTunnel()")).toHaveLength(1);
  });
  test("finds a long sentence in a paragraph, an item and a table, and counts no code", () => {
    const long = `${"word ".repeat(36).trim()}.`;
    const code = `\`\`\`sh\n${long}\n\`\`\``;
    const page = `# Title\n\nShort one. ${long}\n\n- Short.\n- ${long}\n\n| a | ${long} |\n\n${code}\n`;
    expect(longSentencesOf(page)).toHaveLength(3);
    expect(longSentencesOf(`${"`some code` ".repeat(35)}.`)).toEqual([]);
  });
});
