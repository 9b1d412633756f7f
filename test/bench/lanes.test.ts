import { describe, expect, test } from "@jest/globals";
import { lanesOf, type Trace, totalOf } from "../../bench/lanes.ts";
import { timelinePicture } from "../../bench/timeline.ts";

const call = (service: string, operation: string, startedAt: number, endedAt: number) => ({
  ...{ service, operation, role: "unknown", startedAt, endedAt },
});

/** A cold request: Node for 20 ms, loading for 60, a response after 200. */
const cold: Trace = {
  start: { startedAt: 1000, runningAt: 1020, loadedAt: 1080 },
  askedAt: 1080,
  respondedAt: 1200,
  spans: [
    { kind: "compile", name: "", startedAt: 1030, endedAt: 1034 },
    { kind: "call", name: "preparseSchema", startedAt: 1040, endedAt: 1060 },
    { kind: "handshake", name: "", startedAt: 1085, endedAt: 1100 },
    { kind: "handshake", name: "", startedAt: 1090, endedAt: 1105 },
    { kind: "call", name: "statefulIsAuthorized", startedAt: 1500, endedAt: 1501 },
  ],
  calls: [
    call("ec2", "DescribeInstances", 1105, 1145),
    call("dynamodb", "DynamoDB_20120810.Query", 1106, 1111),
    call("dynamodb", "DynamoDB_20120810.BatchGetItem", 1107, 1112),
    call("ec2_instance_connect", "AWSEC2InstanceConnectService.SendSSHPublicKey", 1150, 1190),
    call("dynamodb", "DynamoDB_20120810.UpdateItem", 1300, 1310),
  ],
};
const barsOf = (trace: Trace, title: string) => lanesOf(trace).find((lane) => lane.title === title)?.bars;

describe("the lanes of a cold request", () => {
  test.each([
    ["Node starts", [{ labels: [], from: 0, to: 20 }]],
    ["the bundle loads", [{ labels: [], from: 20, to: 80 }]],
    [
      "Cedar",
      [
        { labels: ["module"], from: 30, to: 34 },
        { labels: ["schema"], from: 40, to: 60 },
      ],
    ],
    ["TLS handshakes", [{ labels: [], from: 85, to: 105 }]],
    ["DynamoDB", [{ labels: ["2 calls"], from: 106, to: 112 }]],
    [
      "EC2, STS, EC2 Instance Connect",
      [
        { labels: ["DescribeInstances", "1 call"], from: 105, to: 145 },
        { labels: ["SendSSHPublicKey", "1 call"], from: 150, to: 190 },
      ],
    ],
  ])("%s, and nothing after the response", (title, bars) => {
    expect(barsOf(cold, title)).toEqual(bars);
  });
  test("leave to the function what is no wait", () => {
    const own = lanesOf(cold).find(({ title }) => title === "the function's own work");
    expect(own?.bars.map(({ from, to }) => [from, to])).toEqual([
      [80, 85],
      [145, 150],
      [190, 200],
    ]);
    expect(own && totalOf(own)).toBe(20);
  });
});

test("a warm request has no start, and begins when it is asked", () => {
  const { start: _, ...warm } = cold;
  expect(lanesOf(warm).map(({ title }) => title)).toEqual([
    ...["TLS handshakes", "DynamoDB", "EC2, STS, EC2 Instance Connect", "the function's own work"],
  ]);
  expect(barsOf(warm, "DynamoDB")).toEqual([{ labels: ["2 calls"], from: 26, to: 32 }]);
});

test("a picture says in words what it shows, and escapes what it is told", () => {
  const lanes = [{ title: "<b> & c", fill: "own", bars: [{ labels: ['"x"'], from: 0, to: 90 }] }] as const;
  const picture = timelinePicture("A request", lanes, 100);
  expect(picture).toContain('<desc id="description">100 milliseconds in all');
  expect(picture).toContain("&#60;b&#62; &#38; c 90 ms");
  expect(picture).not.toMatch(/<b>|"x"/);
});
