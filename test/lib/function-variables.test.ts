import { expect, test } from "@jest/globals";
import { functionNames } from "../../contract/routes.ts";
import { environments } from "../../lambda/shared/environment.ts";
import { functionVariables, variablesOf } from "../../lib/function-variables.ts";

const pushRoleArn = "arn:aws:iam::111122223333:role/latchkey-push";
const fromLambda = { AWS_REGION: "us-east-1", LAMBDA_TASK_ROOT: "/var/task" };
const names = {
  tableName: "latchkey",
  inventoryTableName: "latchkey-inventory",
  pushRoleArn,
  eventBusName: "latchkey-bus",
  syncQueueUrl: "https://sqs.us-east-1.amazonaws.com/111122223333/latchkey-sync",
  stackName: "Latchkey",
  accountId: "111122223333",
};
const variables = functionVariables({ fips: false }, names);

test("a function gets only variables that it reads and that the stack has", () => {
  expect(variablesOf(["TABLE_NAME", "AWS_REGION", "toString"], variables)).toEqual({ TABLE_NAME: "latchkey" });
});

test("a function that reads no variable gets none", () => {
  expect(variablesOf([], variables)).toEqual({});
});

test.each(functionNames)("%s does not start if one of its variables is missing", (name) => {
  const schema = environments[name];
  const given = variablesOf(Object.keys(schema.shape), variables);
  for (const missing of Object.keys(given)) {
    const rest = { ...given, ...fromLambda, [missing]: undefined };
    expect([missing, schema.safeParse(rest).success]).toEqual([missing, false]);
  }
});

test("functions find the stack's own resources", () => {
  expect(environments.connect.parse({ ...functionVariables({ fips: true }, names), ...fromLambda })).toEqual({
    TABLE_NAME: "latchkey",
    INVENTORY_TABLE_NAME: "latchkey-inventory",
    PUSH_ROLE_ARN: pushRoleArn,
    ACCOUNT_ID: "111122223333",
    STACK_NAME: "Latchkey",
    AWS_USE_FIPS_ENDPOINT: true,
    ...fromLambda,
  });
  expect(environments.projector.parse({ ...variables, ...fromLambda })).toEqual({
    TABLE_NAME: "latchkey",
    EVENT_BUS_NAME: "latchkey-bus",
    STACK_NAME: "Latchkey",
    AWS_USE_FIPS_ENDPOINT: false,
    ...fromLambda,
  });
});
