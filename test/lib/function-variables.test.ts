import { expect, test } from "@jest/globals";
import { functionNames } from "../../contract/routes.ts";
import { environments } from "../../lambda/shared/environment.ts";
import { functionVariables, variablesOf } from "../../lib/function-variables.ts";
import { readSettings } from "../../lib/settings.ts";

const pushRoleArn = "arn:aws:iam::111122223333:role/latchkey-push";
const fromLambda = { AWS_REGION: "us-east-1", LAMBDA_TASK_ROOT: "/var/task" };
const names = { tableName: "latchkey", pushRoleArn, eventBusName: "latchkey-bus" };
const variables = (settings: unknown) => functionVariables(readSettings(settings), names);

test("a function gets none that it does not read, and none that there is not", () => {
  expect(variablesOf(["TABLE_NAME", "AWS_REGION", "toString"], variables({}))).toEqual({ TABLE_NAME: "latchkey" });
});

test("a function that reads none gets none", () => {
  expect(variablesOf([], variables({}))).toEqual({});
});

test.each(functionNames)("%s does not start without any of those that it gets", (name) => {
  const schema = environments[name];
  const given = variablesOf(Object.keys(schema.shape), variables({}));
  for (const missing of Object.keys(given)) {
    const rest = { ...given, ...fromLambda, [missing]: undefined };
    expect([missing, schema.safeParse(rest).success]).toEqual([missing, false]);
  }
});

test("what the settings say is what the functions read", () => {
  const settings = {
    personRoles: ["111122223333/Engineer", "111122223333/OnCall"],
    defaultOsUser: "ubuntu",
    timeZone: "Europe/Berlin",
    maxTunnelSeconds: 900,
    callerThrottle: { burst: 10, perSecond: 0.5 },
    fips: true,
  };
  expect(environments.connect.parse({ ...variables(settings), ...fromLambda })).toEqual({
    PERSON_ROLES: new Set(settings.personRoles),
    CALLER_THROTTLE: settings.callerThrottle,
    DEFAULT_OS_USER: "ubuntu",
    TABLE_NAME: "latchkey",
    PUSH_ROLE_ARN: pushRoleArn,
    TIME_ZONE: "Europe/Berlin",
    MAX_TUNNEL_SECONDS: 900,
    SERIAL_CONSOLE: false,
    AWS_USE_FIPS_ENDPOINT: true,
    ...fromLambda,
  });
});

test.each(["connect", "instances"] as const)(
  "%s takes serial consoles for switched off, but where the setting says otherwise",
  (name) => {
    const serialConsole = (settings: unknown) =>
      environments[name].parse({ ...variables(settings), ...fromLambda }).SERIAL_CONSOLE;
    expect([serialConsole({}), serialConsole({ serialConsole: true })]).toEqual([false, true]);
  },
);

test("who works behind the API finds the table and the bus", () => {
  expect(environments.projector.parse({ ...variables({}), ...fromLambda })).toEqual({
    TABLE_NAME: "latchkey",
    EVENT_BUS_NAME: "latchkey-bus",
    AWS_USE_FIPS_ENDPOINT: false,
    AWS_REGION: "us-east-1",
  });
});

test("no person roles are nobody, not one without a name", () => {
  expect(environments.service.parse({ ...variables({}), ...fromLambda }).PERSON_ROLES).toEqual(new Set());
});
