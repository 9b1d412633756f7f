import { describe, expect, jest, test } from "@jest/globals";
import { instanceFields, matchesFilters, readFilters } from "../../../local/aws/ec2-filters.ts";
import { sampleFleet } from "../../../local/fleet/sample-fleet.ts";

const { instances } = sampleFleet();
const namesOf = (query: string) => {
  const filters = readFilters(new URLSearchParams(query));
  const tagged = instances.filter((instance) => matchesFilters(instanceFields(instance), filters));
  return tagged.map(({ Tags }) => Tags.find(({ Key }) => Key === "Name")?.Value);
};

describe("EC2's filters", () => {
  test.each([
    ["an id", "Filter.1.Name=instance-id&Filter.1.Value.1=i-0a1b2c3d", ["legacy-1"]],
    [
      "either of two ids",
      "Filter.1.Name=instance-id&Filter.1.Value.1=i-0a1b2c3d&Filter.1.Value.2=i-0123456789abcdef0",
      ["web-1", "legacy-1"],
    ],
    ["a tag", "Filter.1.Name=tag:env&Filter.1.Value.1=prod", ["prod-1"]],
    [
      "both of two tags",
      "Filter.1.Name=tag:env&Filter.1.Value.1=dev&Filter.2.Name=tag:Name&Filter.2.Value.1=db-1",
      ["db-1"],
    ],
    ["a star is a wildcard", "Filter.1.Name=tag:Name&Filter.1.Value.1=*b-1", ["web-1", "db-1"]],
    ["a question mark is one too", "Filter.1.Name=tag:Name&Filter.1.Value.1=d?-1", ["db-1"]],
    ["behind a backslash they are not", "Filter.1.Name=tag:Name&Filter.1.Value.1=d\\?-1", []],
    ["values are matched in their own case", "Filter.1.Name=tag:Name&Filter.1.Value.1=WEB-1", []],
    [
      "a private address",
      "Filter.1.Name=network-interface.addresses.private-ip-address&Filter.1.Value.1=10.0.1.20",
      ["db-1"],
    ],
    [
      "a public address, which several may have here",
      "Filter.1.Name=network-interface.addresses.association.public-ip&Filter.1.Value.1=127.0.0.1",
      ["web-1", "legacy-1"],
    ],
    ["an IPv6 address", "Filter.1.Name=network-interface.ipv6-addresses.ipv6-address&Filter.1.Value.1=::1", ["v6-1"]],
    ["a private name", "Filter.1.Name=private-dns-name&Filter.1.Value.1=ip-10-0-1-20.*", ["db-1"]],
    ["a public name", "Filter.1.Name=dns-name&Filter.1.Value.1=localhost", ["web-1", "legacy-1"]],
    ["a state", "Filter.1.Name=instance-state-name&Filter.1.Value.1=stopped", ["old-1"]],
    ["a dot is a dot", "Filter.1.Name=tag:Name&Filter.1.Value.1=web.1", []],
  ])("%s", (_, query, expected) => {
    expect(namesOf(query)).toEqual(expected);
  });

  test("a filter that the stand-in does not know is refused loudly", () => {
    const complaint = jest.spyOn(console, "error").mockImplementation(() => {});
    expect(() => namesOf("Filter.1.Name=vpc-id&Filter.1.Value.1=vpc-1")).toThrow("does not know the filter vpc-id");
    expect(complaint).toHaveBeenCalled();
    complaint.mockRestore();
  });
});
