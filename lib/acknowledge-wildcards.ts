import { Stack, Token, Validations } from "aws-cdk-lib";
import type { IConstruct } from "constructs";
import type { Statement } from "./statements.ts";
import { wildcardReason } from "./wildcard-reasons.ts";

/** Acknowledges cdk-nag's findings about wildcards in a policy that have a reason; any other finding stands. */
export function acknowledgeWildcards(policy: IConstruct, statements: readonly Statement[]): void {
  for (const { Action, Resource } of statements) {
    for (const resource of Resource.filter((each) => each.includes("*"))) {
      const reasons = Action.map((action) => wildcardReason(action, resource));
      if (reasons.includes(undefined)) continue;
      const reason = [...new Set(reasons)].join(" ");
      Validations.of(policy).acknowledge({ id: `AwsSolutions-IAM5[Resource::${asNagSays(policy, resource)}]`, reason });
    }
  }
}

/** cdk-nag writes CloudFormation tokens in angle brackets. */
export function asNagSays(scope: IConstruct, resource: string): string {
  const { partition, region, account } = Stack.of(scope);
  const names = { "AWS::Partition": partition, "AWS::Region": region, "AWS::AccountId": account };
  return Object.entries(names).reduce(
    (text, [name, value]) => (Token.isUnresolved(value) ? text.replaceAll(value, `<${name}>`) : text),
    resource,
  );
}
