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
    [
      "both of two filters",
      "Filter.1.Name=instance-id&Filter.1.Value.1=i-0a1b2c3d&Filter.2.Name=instance-id&Filter.2.Value.1=i-0",
      [],
    ],
    ["values are matched in their own case", "Filter.1.Name=instance-id&Filter.1.Value.1=I-0A1B2C3D", []],
  ])("%s", (_, query, expected) => {
    expect(namesOf(query)).toEqual(expected);
  });

  test.each([
    ["a filter that it does not know", "Filter.1.Name=tag:env&Filter.1.Value.1=dev", "the filter tag:env"],
    ["a wildcard", "Filter.1.Name=instance-id&Filter.1.Value.1=i-*", "wildcards in filters"],
  ])("the stand-in refuses loudly %s", (_, query, what) => {
    const complaint = jest.spyOn(console, "error").mockImplementation(() => {});
    expect(() => namesOf(query)).toThrow(what);
    expect(complaint).toHaveBeenCalled();
    complaint.mockRestore();
  });
});
