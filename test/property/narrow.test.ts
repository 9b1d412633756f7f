import { describe, expect } from "@jest/globals";
import fc from "fast-check";
import { mayView } from "../../lambda/policy/authorize.ts";
import { type Trait, visibleTraits } from "../../lambda/policy/narrow.ts";
import type { Instance } from "../../lambda/shared/instance.ts";
import { anyFleet, anyPolicies, anyViewer } from "../support/any-policies.ts";
import { engineWith } from "../support/policy-engine.ts";
import { testProperty } from "../support/property.ts";

const has = ({ tags, accountId }: Instance, trait: Trait) =>
  (trait.accountId === undefined || trait.accountId === accountId) &&
  Object.entries(trait.tags).every(([key, value]) => Object.hasOwn(tags, key) && tags[key] === value);

describe("what visible instances have", () => {
  testProperty(
    "is had by each instance that Cedar lets the caller view, under any policies",
    { small: 150, large: 3000 },
    fc.property(anyPolicies, anyViewer, anyFleet, (policies, caller, fleet) => {
      const engine = engineWith(policies);
      const traits = visibleTraits(engine, caller);
      const visible = fleet.filter((instance) => mayView(engine, caller, instance));
      const missed = visible.filter((instance) => traits && !traits.some((trait) => has(instance, trait)));
      expect(missed).toEqual([]);
    }),
  );
});
