import * as z from "zod";

export const secretArn = z
  .string()
  .regex(
    /^arn:[a-z-]+:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[\w/+=.@-]{1,519}$/,
    "must be the ARN of a secret in Secrets Manager",
  );
