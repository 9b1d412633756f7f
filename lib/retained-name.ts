import { Fn, type Stack } from "aws-cdk-lib";

/** A name for what outlives its stack, unique by the UUID of the stack: the next stack of the same name has another. */
export const retainedName = (name: string, { stackId }: Stack) => `${name}-${Fn.select(2, Fn.split("/", stackId))}`;
