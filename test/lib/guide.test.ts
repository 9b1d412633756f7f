import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "@jest/globals";
import * as z from "zod";
import { routes } from "../../contract/routes.ts";
import { synthesize } from "../support/synthesized-stack.ts";

const page = (name: string) => readFileSync(path.resolve(import.meta.dirname, `../../docs/${name}.md`), "utf8");
const stack = synthesize({});
const costs = page("costs");

describe("the table of costs", () => {
  const rows = [...costs.matchAll(/^\| (.*) \| `(.*)` \| ([\d.]+) \|$/gm)].map(
    ([, item = "", arithmetic = "", dollars]) => ({
      item,
      arithmetic,
      dollars: Number(dollars),
    }),
  );

  test.each(rows)("is right about $item", ({ arithmetic, dollars }) => {
    expect(arithmetic).toMatch(/^[\d.*+/() ]+$/);
    expect(Math.round(calculate(arithmetic) * 100) / 100).toBe(dollars);
  });
  test("has the right sum", () => {
    const [, sum] = /\*\*sum\*\* \| \| ([\d.]+)/.exec(costs) ?? [];
    expect(rows.length).toBeGreaterThan(10);
    expect(rows.reduce((total, { dollars }) => total + dollars, 0).toFixed(2)).toBe(sum);
  });
  test("counts the metrics of the stack's alarms, and the routes, to a tenth", () => {
    const alarm = z.looseObject({ Metrics: z.array(z.object({ MetricStat: z.unknown().optional() })).optional() });
    const metricsOf = ({ Metrics }: z.infer<typeof alarm>) =>
      Metrics === undefined ? 1 : Metrics.filter(({ MetricStat }) => MetricStat !== undefined).length;
    const alarms = stack.all("AWS::CloudWatch::Alarm", alarm);
    const metrics = alarms.reduce((total, { properties }) => total + metricsOf(properties), 0);
    const [stated = 0, statedRoutes = 0] = [...costs.matchAll(/about (\d+) (?:metrics|routes)/g)].map(([, n]) =>
      Number(n),
    );
    expect(Math.abs(stated / metrics - 1)).toBeLessThanOrEqual(0.1);
    expect(Math.abs(statedRoutes / Object.keys(routes).length - 1)).toBeLessThanOrEqual(0.1);
  });
});

/** Numbers, `+`, `*`, `/` and parentheses. */
function calculate(arithmetic: string): number {
  const inner = /\(([^()]*)\)/.exec(arithmetic);
  if (inner !== null) return calculate(arithmetic.replace(inner[0], String(calculate(inner[1] ?? ""))));
  return arithmetic.split("+").reduce((sum, product) => sum + multiply(product), 0);
}

function multiply(product: string): number {
  return product.split("*").reduce((result, quotient) => {
    const [first = Number.NaN, ...divisors] = quotient.split("/").map(Number);
    return result * divisors.reduce((value, divisor) => value / divisor, first);
  }, 1);
}

describe("the guide to deploy", () => {
  const guide = ["deploying", "operating", "costs", "live-checks", "runbook", "service-control-policy"]
    .map(page)
    .join("\n");

  test.each([
    "cdk bootstrap",
    "cdk-latchkey-*", // the deployer's rights
    "AWSReservedSSO_",
    "## 2. Write policies",
    "execute-api",
    "service-control-policy.md",
    "## Alarms",
    "npm pack", // the client on laptops
    "## Upgrade",
    "## Rollback",
    "## Removal",
    "home region",
    "## When Latchkey is down",
    "## When the region is down",
    "npm run smoke",
  ])("has %s", (part) => {
    expect(guide).toContain(part);
  });

  test("names every service that CloudFormation's role must be able to use", () => {
    const names: Readonly<Record<string, string>> = {
      ApiGateway: "API Gateway",
      CloudWatch: "CloudWatch",
      DynamoDB: "DynamoDB",
      Events: "EventBridge",
      IAM: "IAM",
      Lambda: "Lambda",
      Logs: "CloudWatch Logs",
      SQS: "SQS",
    };
    const services = new Set(Object.values(stack.resolved).map(({ Type }) => Type.split("::")[1] ?? ""));
    const [, named = ""] = /They must cover ([^.]*)\./.exec(page("deploying").replaceAll("\n", " ")) ?? [];
    expect([...services].filter((service) => !named.includes(names[service] ?? `AWS::${service}`))).toEqual([]);
  });
});
