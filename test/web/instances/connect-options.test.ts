import { describe, expect, test } from "@jest/globals";
import {
  addressChoices,
  browserObstacle,
  type ConnectForm,
  firstForm,
  formFaults,
  optionsOf,
} from "../../../web/instances/connect-options.ts";

const key = { instanceId: "i-0123456789abcdef0", accountId: "111122223333", region: "us-east-1" };
const direct = { connectionType: "direct", usable: true };
const eice = { connectionType: "eice", usable: true };
const instance = { ...key, defaultOsUser: "ubuntu", connectionOptions: [direct, eice], addresses: [] };
const form: ConnectForm = { osUser: "ubuntu", connectionType: "auto", ipAddress: "", endpointId: "", reason: "" };

describe("the form begins with the instance's own OS user, and with", () => {
  test.each([
    ["the endpoint, which is what a terminal of the console needs", [direct, eice], true, "eice"],
    ["what Latchkey chooses, without terminals", [direct, eice], false, "auto"],
    ["what Latchkey chooses, if the endpoint cannot be used", [direct, { ...eice, usable: false }], true, "auto"],
  ])("%s", (_, connectionOptions, hasTerminal, connectionType) => {
    expect(firstForm({ ...instance, connectionOptions }, hasTerminal)).toEqual({ ...form, connectionType });
  });
});

describe("a field is refused", () => {
  test.each([
    ["OS user", { osUser: "" }, "osUser"],
    ["OS user", { osUser: "bad user" }, "osUser"],
    ["OS user", { osUser: "-oProxyCommand=x" }, "osUser"],
    ["endpoint", { connectionType: "eice", endpointId: "eice-1" }, "endpointId"],
    ["reason", { reason: "two\nlines" }, "reason"],
    ["reason", { reason: " " }, "reason"],
  ] as const)("%s: %j", (_, changed, field) => {
    expect(Object.keys(formFaults({ ...form, ...changed }))).toEqual([field]);
  });
});

describe("what does not count is not refused", () => {
  test.each([
    {},
    { osUser: "svc$" },
    { connectionType: "serial", osUser: "" },
    { connectionType: "direct", endpointId: "eice-1" },
    { reason: "INC-1042" },
  ] as const)("%j", (changed) => {
    expect(formFaults({ ...form, ...changed })).toEqual({});
  });
});

describe("the API is asked for", () => {
  const full = { osUser: "root", ipAddress: "10.0.0.1", endpointId: "eice-0123456789abcdef0" };
  test.each([
    ["auto", { osUser: "root" }],
    ["direct", { osUser: "root", ipAddress: "10.0.0.1" }],
    ["eice", full],
    ["serial", {}],
  ] as const)("%s, with what goes with it", (connectionType, options) => {
    expect(optionsOf({ ...form, ...full, connectionType }, instance)).toEqual({ ...key, connectionType, ...options });
  });
});

describe("the addresses to choose from", () => {
  const addresses = [
    { address: "203.0.113.7", kind: "public", primary: true },
    { address: "10.0.0.1", kind: "private", primary: true },
    { address: "2001:db8::1", kind: "ipv6", primary: true },
  ];
  test.each([
    ["auto", []],
    ["serial", []],
    ["direct", ["203.0.113.7", "10.0.0.1", "2001:db8::1"]],
    ["eice", ["10.0.0.1", "2001:db8::1"]],
  ] as const)("with %s: %j", (type, expected) => {
    expect(addressChoices({ addresses }, type).map(({ address }) => address)).toEqual(expected);
  });
  test("are none if there is one only", () => {
    expect(addressChoices({ addresses: addresses.slice(0, 2) }, "eice")).toEqual([]);
  });
});

describe("a browser", () => {
  const resolved = (connectionType: string) => ({ resolved: { connectionType, host: "10.0.0.1", port: 22 } });
  test.each([
    ["cannot dial an address", resolved("direct"), [direct], "no endpoint reaches"],
    ["cannot dial an address, but has an endpoint", resolved("direct"), [direct, eice], "Choose the endpoint"],
    ["cannot reach a serial console", resolved("serial"), [eice], "serial consoles"],
    ["does not know of a way that is new", resolved("pigeon"), [eice], "cannot dial"],
  ])("%s", (_, decision, connectionOptions, words) => {
    expect(browserObstacle(form, decision, { connectionOptions })).toContain(words);
  });
  test("goes through an endpoint", () => {
    expect(browserObstacle(form, resolved("eice"), instance)).toBeUndefined();
    expect(browserObstacle({ connectionType: "eice" }, {}, instance)).toBeUndefined();
  });
});
