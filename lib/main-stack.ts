import { Stack, type StackProps } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { Latchkey, type LatchkeyProps } from "./latchkey.ts";

export interface MainStackProps extends StackProps, LatchkeyProps {}

/** A stack that is Latchkey alone: CDK leaves the id `Default` out of the names of what is below it. */
export class MainStack extends Stack {
  constructor(scope: Construct, id: string, { settings, bundles, ...props }: MainStackProps) {
    super(scope, id, { description: "Latchkey: SSH access to EC2 with keys that live sixty seconds", ...props });
    new Latchkey(this, "Default", { settings, bundles });
  }
}
